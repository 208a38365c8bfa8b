import Foundation
import HTTPTypes
import NIOCore
import NIOWebSocket

/// A connection that has become a WebSocket: tells the protocol machine what arrives and does what it says.
final class WebSocketHandler: ChannelInboundHandler, StreamOutput {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    let form = FrameForm.webSocket
    private let subscription: Subscription
    private let head: HTTPResponse
    private var context: ChannelHandlerContext?
    private var machine: WebSocketMachine
    private var life = StreamLife()
    /// What the latest ping carried that has not been answered, as the client takes nothing.
    private var unansweredPing: ByteBuffer?

    /// So long the client has to answer a close frame, or to take what lies before one.
    private static let closeTimeout = TimeAmount.seconds(5)

    /// Answers with `head`, a 101, and then streams what `subscription` gives.
    init(_ subscription: Subscription, head: HTTPResponse, maximumMessageBytes: Int) {
        self.subscription = subscription
        self.head = head
        self.machine = WebSocketMachine(maximumMessageBytes: maximumMessageBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        write(Self.bytes(of: head))
        flush()
        subscription.begin(self, on: context.eventLoop)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        subscription.close()
        self.context = nil
    }

    private static func bytes(of head: HTTPResponse) -> ByteBuffer {
        var text = "HTTP/1.1 101 Switching Protocols\r\n"
        for field in head.headerFields where field.name != .contentLength && field.name != .transferEncoding {
            text += "\(field.name.rawName): \(field.value)\r\n"
        }
        return ByteBuffer(string: text + "\r\n")
    }

    // MARK: What arrives

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        life.heard()
        perform(machine.receive(unwrapInboundIn(data)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is NIOWebSocketError: perform(machine.receive(error))
        // The rest of what could not be read.
        case is ByteToMessageDecoderError: break
        default: context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        subscription.close()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        life.setWritable(context.channel.isWritable)
        if isWritable, let payload = unansweredPing {
            unansweredPing = nil
            write(WebSocketFrames.frame(.pong, payload))
            flush()
        }
        subscription.pump()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            subscription.end(.shutdown)
        } else {
            // A client that has said its last without a close frame is gone.
            if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func perform(_ action: WebSocketMachine.Action) {
        guard let context else { return }
        switch action {
        case .none:
            break
        case .pong(let payload) where isWritable:
            write(WebSocketFrames.frame(.pong, payload))
            flush()
        case .pong(let payload):
            // The latest ping alone may be answered (RFC 6455, section 5.5.3).
            unansweredPing = payload
        case .close(let code):
            subscription.close()
            write(WebSocketFrames.close(code))
            flush()
            closeInAMoment(context)
        case .answerClose(let code):
            subscription.close()
            closeInAMoment(context)
            context.writeAndFlush(wrapOutboundOut(WebSocketFrames.close(code))).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        case .disconnect:
            context.close(promise: nil)
        }
    }

    private func closeInAMoment(_ context: ChannelHandlerContext) {
        let closing = context.channel
        context.eventLoop.scheduleTask(in: Self.closeTimeout) { closing.close(promise: nil) }
    }

    // MARK: What is sent

    var isWritable: Bool { machine.isOpen && context?.channel.isWritable ?? false }

    func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    func flush() {
        context?.flush()
    }

    func keepAlive(now: NIODeadline) -> Bool {
        switch life.check(now) {
        case .fine: return true
        case .ask:
            write(WebSocketFrames.frame(.ping, ByteBuffer()))
            flush()
            return true
        case .dead: return false
        }
    }

    func end(_ ending: StreamEnding) {
        switch ending {
        case .shutdown: perform(machine.close(.unknown(1012)))
        case .databaseAway: perform(machine.close(.unknown(1013)))
        case .failed: perform(machine.close(.unexpectedServerError))
        case .unauthorized: perform(machine.close(.policyViolation))
        case .unresponsive: context?.close(promise: nil)
        }
    }
}
