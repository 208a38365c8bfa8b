import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A client's connection: Hummingbird's, with what it leaves out of HTTP/1.1 and with streams.
struct LedgerChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let unreadable: UnreadableRequests

    /// The longest path with its query, and the longest header field.
    static let maximumFieldBytes = 16 << 10
    static let maximumHeaderBytes = 32 << 10
    static let maximumFieldCount = 100

    /// Connections whose requests `responder` answers; one that is idle for `idleTimeout` is closed.
    init(
        _ responder: @escaping HTTPChannelHandler.Responder, idleTimeout: TimeAmount, unreadable: UnreadableRequests
    ) {
        self.unreadable = unreadable
        self.base = HTTP1Channel(
            responder: responder,
            configuration: .init(
                additionalChannelHandlers: [StreamConnection()], idleTimeout: idleTimeout,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: Self.maximumFieldBytes, maxHeaderListSize: Self.maximumHeaderBytes,
                    maxHeaderFieldCount: Self.maximumFieldCount)))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { [unreadable] value in
            let pipeline = channel.pipeline.syncOperations
            let line = RequestLineWatch()
            try pipeline.addHandler(line, position: .first)
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(ExchangeHandler(unreadable, line: line), position: .after(decoder))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
