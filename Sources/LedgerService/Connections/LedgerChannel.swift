import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A client's connection: Hummingbird's, with what it leaves out of HTTP/1.1 and with streams.
struct LedgerChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let unreadable: UnreadableRequests
    private let connections: ConnectionCount
    private let requestTimeout: TimeAmount

    /// The longest path with its query, and the longest header field.
    static let maximumFieldBytes = 16 << 10
    static let maximumHeaderBytes = 32 << 10
    static let maximumFieldCount = 100

    /// Connections whose requests `responder` answers, each of which has `requestTimeout` to arrive; one beyond those
    /// that `connections` has room for is told so and closed.
    init(
        _ responder: @escaping HTTPChannelHandler.Responder, requestTimeout: TimeAmount, connections: ConnectionCount,
        unreadable: UnreadableRequests
    ) {
        self.unreadable = unreadable
        self.connections = connections
        self.requestTimeout = requestTimeout
        self.base = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [StreamConnection()],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: Self.maximumFieldBytes, maxHeaderListSize: Self.maximumHeaderBytes,
                    maxHeaderFieldCount: Self.maximumFieldCount)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let isWelcome = connections.add(channel)
        return base.setup(channel: channel, logger: logger).flatMapThrowing { [unreadable, requestTimeout] value in
            let pipeline = channel.pipeline.syncOperations
            let line = RequestLineWatch()
            try pipeline.addHandler(line, position: .first)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let exchanges = ExchangeHandler(
                unreadable, line: line, on: channel.eventLoop, timeout: requestTimeout, isWelcome: isWelcome)
            try pipeline.addHandler(exchanges, position: .after(decoder))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        // On the event loop's own thread: handing each request to another and back would cost more than most of them.
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}
