import HTTPTypes
import NIOCore
import NIOHTTP1
import WorkflowEvents

/// What HTTP/1.1 asks of requests and their answers whatever the route: answers to HEAD have no body, a client that
/// waits for permission to send gets it, what cannot be read is answered, and a connection on which nothing can follow
/// is closed.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request whose answer is not complete.
    private struct Exchange {
        var isHead: Bool
        /// The parser stops behind it, so that its connection is of no use without the other protocol.
        var asksForUpgrade: Bool
        var waitsForContinue: Bool
    }

    private let unreadable: UnreadableRequests
    private let line: RequestLineWatch
    /// In the order in which they came and will be answered.
    private var exchanges = CircularBuffer<Exchange>()
    /// Whether the last of the requests is still arriving.
    private var isArriving = false
    /// Whether that one, or the one that has arrived last, has a body.
    private var hasBody = false
    /// What is to be answered when all requests before have been; nothing can be read behind it.
    private var problem: Problem?
    /// Whether the connection closes when everything has been answered.
    private var isLast = false
    /// Whether the last answer has been written.
    private var isOver = false

    /// So long the client may take to close, and the rest of a request to arrive when the service stops.
    private static let patience = TimeAmount.seconds(5)

    /// Answers what cannot be read by `unreadable`; `line` sees what the parser sees.
    init(_ unreadable: UnreadableRequests, line: RequestLineWatch) {
        self.unreadable = unreadable
        self.line = line
    }

    // MARK: What arrives

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            (isArriving, hasBody) = (true, false)
            exchanges.append(
                Exchange(
                    isHead: head.method == .HEAD,
                    asksForUpgrade: head.method == .CONNECT || head.headers.contains(name: "upgrade"),
                    waitsForContinue: Self.waitsForContinue(head)))
            allowBody(context)
        case .body:
            hasBody = true
        case .end:
            isArriving = false
            line.restart(afterBody: hasBody)
        }
        context.fireChannelRead(data)
    }

    /// Whether the client wants to be told before it sends the body; one that is too long anyway is not asked for.
    private static func waitsForContinue(_ head: HTTPRequestHead) -> Bool {
        // The parser refuses every major version but 1.
        guard head.version.minor >= 1, head.headers["expect"].first?.lowercased() == "100-continue" else {
            return false
        }
        let length = head.headers["content-length"].first.flatMap { Int($0) }
        return length.map { $0 <= EventLimits.maximumRequestBytes } ?? true
    }

    private func allowBody(_ context: ChannelHandlerContext) {
        guard exchanges.first?.waitsForContinue == true else { return }
        exchanges[exchanges.startIndex].waitsForContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError: cannotRead(error, context)
        // More of what cannot be read.
        case is ByteToMessageDecoderError: break
        default: context.fireErrorCaught(error)
        }
    }

    private func cannotRead(_ error: HTTPParserError, _ context: ChannelHandlerContext) {
        // What comes behind a request that closes the connection is not answered.
        guard !isLast, error != .closedConnection else { return }
        isLast = true
        if isArriving {
            // Whoever reads the body is told, and answers.
            isArriving = false
            context.fireErrorCaught(error)
        } else {
            problem = Problem(error, isLineTooLong: line.byteCount > LedgerChannel.maximumFieldBytes)
        }
        closeIfOver(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
                guard self.isArriving, !self.isLast else { return }
                self.isLast = true
                self.isArriving = false
                context.fireErrorCaught(ServiceStopping())
                self.closeIfOver(context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: What is answered

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        let isHead = exchanges.first?.isHead ?? false
        switch unwrapOutboundIn(data) {
        case .head(var head) where exchanges.first?.asksForUpgrade == true:
            // A 426 says with Connection: Upgrade what could have been asked for.
            let tokens = head.headers[canonicalForm: "connection"].map(String.init).filter {
                $0.lowercased() != "close"
            }
            head.headers.replaceOrAdd(name: "Connection", value: (tokens + ["close"]).joined(separator: ", "))
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body where isHead:
            promise?.succeed()
        case .end:
            // The end of an answer to HEAD could be that of a body in chunks.
            if isHead { promise?.succeed() } else { context.write(data, promise: promise) }
            if let exchange = exchanges.popFirst(), exchange.asksForUpgrade { isLast = true }
            allowBody(context)
            closeIfOver(context)
        default:
            context.write(data, promise: promise)
        }
    }

    /// Writes the last answer and closes, once everything before has been answered.
    private func closeIfOver(_ context: ChannelHandlerContext) {
        guard isLast, !isOver, exchanges.isEmpty else { return }
        isOver = true
        if let problem, context.channel.isActive {
            let (head, body) = unreadable.answer(problem)
            let old = HTTPResponseHead(
                version: .http1_1, status: .init(statusCode: head.status.code, reasonPhrase: head.status.reasonPhrase),
                headers: HTTPHeaders(head.headerFields.map { ($0.name.rawName, $0.value) }))
            context.write(wrapOutboundOut(.head(old)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            context.write(wrapOutboundOut(.end(nil)), promise: nil)
        }
        let channel = context.channel
        // What the client still sends is read, for closing before would take the answer from it.
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer())))).assumeIsolated().whenComplete { _ in
            channel.close(mode: .output, promise: nil)
        }
        context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
    }
}
