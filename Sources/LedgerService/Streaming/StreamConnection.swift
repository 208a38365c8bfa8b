import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOWebSocket

/// Sits in every connection and lets a route turn it into a stream.
///
/// The route announces its subscription and answers as any other does. When the head of that answer comes by, a 101
/// makes the connection a WebSocket, and the body of a 200 is the subscription's to write.
final class StreamConnection: ChannelDuplexHandler, RemovableChannelHandler, StreamOutput {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// Requests and answers.
        case idle
        /// The next answer is the stream's.
        case announced(Subscription, EventLoopPromise<Void>?)
        /// Server-sent events are written.
        case streaming(Subscription, EventLoopPromise<Void>)
        /// The connection has become a WebSocket, or is about to; this handler has nothing to do any more.
        case upgraded
    }

    let form = FrameForm.serverSentEvents
    private var state = State.idle
    private var context: ChannelHandlerContext?
    private var life = StreamLife()
    private var lastWrite = NIODeadline.now()
    /// Closes the connection unless the client takes the end of its stream before.
    private var deadline: Scheduled<Void>?

    /// A client reconnects after so many milliseconds.
    private static let preamble = ByteBuffer(string: "retry: 1000\n\n")
    private static let heartbeat = ByteBuffer(string: ": \n\n")
    private static let heartbeatInterval = TimeAmount.seconds(10)
    private static let endTimeout = TimeAmount.seconds(5)
    /// So much the system may keep of what a client has not taken, about twice over; left alone it keeps megabytes.
    private static let sendBufferBytes: SocketOptionValue = 128 << 10

    /// The one in the pipeline of `channel`, on whose event loop this is called.
    ///
    /// - Throws: `ChannelError` where the connection has been closed.
    static func of(_ channel: any Channel) throws -> StreamConnection {
        do {
            return try channel.pipeline.syncOperations.handler(type: StreamConnection.self)
        } catch {
            throw ChannelError.ioOnClosedChannel
        }
    }

    /// Says that the answer under way is a stream: server-sent events if `finished` is given, which is kept when they
    /// end, else a WebSocket.
    func announce(_ subscription: Subscription, finished: EventLoopPromise<Void>? = nil) {
        state = .announced(subscription, finished)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        giveUp()
        self.context = nil
    }

    // MARK: What arrives

    func channelInactive(context: ChannelHandlerContext) {
        giveUp()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .streaming(let subscription, _) = state {
            life.setWritable(context.channel.isWritable)
            subscription.pump()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .streaming(let subscription, _) = state {
            if event is ChannelShouldQuiesceEvent { subscription.end(.shutdown) }
            // Whoever reads a stream has nothing more to say; one that closes its side has gone.
            if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func giveUp() {
        switch state {
        case .announced(let subscription, let finished):
            subscription.close()
            finished?.succeed()
        case .streaming(let subscription, let finished):
            subscription.close()
            finished.succeed()
        case .idle, .upgraded:
            return
        }
        state = .idle
    }

    // MARK: What is answered

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch (unwrapOutboundIn(data), state) {
        case (.head(let head), .announced(let subscription, nil)) where head.status == .switchingProtocols:
            promise?.succeed()
            begin(context)
            upgrade(context, subscription, head)
        case (.head(let head), .announced(let subscription, let finished?)) where head.status == .ok:
            begin(context)
            context.write(data, promise: promise)
            state = .streaming(subscription, finished)
            life = StreamLife()
            write(Self.preamble)
            subscription.begin(self, on: context.eventLoop)
            flush()
        case (.head, .announced):
            giveUp()
            context.write(data, promise: promise)
        case (.end, .upgraded):
            promise?.succeed()
        case (.end, .streaming):
            giveUp()
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in self.deadline?.cancel() }
            context.write(data, promise: written)
        default:
            context.write(data, promise: promise)
        }
    }

    private func begin(_ context: ChannelHandlerContext) {
        context.triggerUserOutboundEvent(StreamBegins(), promise: nil)
        try? context.channel.syncOptions?.setOption(.socketOption(.so_sndbuf), value: Self.sendBufferBytes)
    }

    private func upgrade(_ context: ChannelHandlerContext, _ subscription: Subscription, _ head: HTTPResponse) {
        state = .upgraded
        let pipeline = context.pipeline.syncOperations
        do {
            // It would close a connection without requests.
            let upkeep = try pipeline.context(handlerType: HTTPConnectionStateHandler.self)
            pipeline.removeHandler(context: upkeep, promise: nil)
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            pipeline.removeHandler(context: decoder).assumeIsolated().whenComplete { _ in
                do {
                    let frames = ByteToMessageHandler(
                        WebSocketFrameDecoder(maxFrameSize: WebSocketMachine.maximumMessageBytes))
                    // In front of HTTP's handlers, which see nothing of what it takes and sends.
                    try pipeline.addHandler(frames, position: .first)
                    try pipeline.addHandler(WebSocketHandler(subscription, head: head), position: .after(frames))
                } catch {
                    subscription.close()
                    context.close(promise: nil)
                }
            }
        } catch {
            subscription.close()
            context.close(promise: nil)
        }
    }

    // MARK: Server-sent events

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ bytes: ByteBuffer) {
        lastWrite = .now()
        context?.write(wrapOutboundOut(.body(bytes)), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    func keepAlive(now: NIODeadline) -> Bool {
        guard isWritable else { return life.isTakingSomething(now) }
        if now - lastWrite >= Self.heartbeatInterval {
            write(Self.heartbeat)
            flush()
        }
        return true
    }

    func end(_ ending: StreamEnding) {
        guard case .streaming(_, let finished) = state, let context else { return }
        if case .unresponsive = ending { return context.close(promise: nil) }
        flush()
        finished.succeed()
        // The end waits behind what the client has not taken.
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: Self.endTimeout) { channel.close(promise: nil) }
    }
}
