import HTTPTypes
import NIOCore
import NIOHTTP1
import WorkflowEvents

/// What HTTP/1.1 asks of requests and their answers whatever the route: answers to HEAD have no body, a client that
/// waits for permission to send gets it, what cannot be read is answered, a connection on which nothing can follow is
/// closed, and so is one whose client takes too long.
final class ExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request whose answer is not complete.
    private struct Exchange {
        var isHead: Bool
        /// The connection closes behind its answer.
        var isLast: Bool
        var waitsForContinue: Bool
    }

    /// What is next on the connection, and from whom.
    private enum Stage {
        /// The first byte of a request.
        case idle
        /// The rest of a request's head, then of its body, which may have been answered before.
        case head, body
        /// An answer.
        case answer
    }

    private let unreadable: UnreadableRequests
    private let line: RequestLineWatch
    private let loop: any EventLoop
    private let timeout: TimeAmount
    private let isWelcome: Bool
    private var stage = Stage.idle
    /// How long the client may take for what it is to send, or to take.
    private var deadline: MovingDeadline?
    /// How much of the answers the client had not taken when it was looked at last; `nil` while it takes all.
    private var untakenByteCount: Int?
    /// Whether the answer under way is a stream, which sees to its client itself.
    private var isStream = false
    private var isStopping = false
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
    /// So much of an answer the client has to take in the time that a request has to arrive.
    private static let leastTakenByteCount = 32 << 10

    /// Answers what cannot be read by `unreadable`; `line` sees what the parser sees.
    ///
    /// - Parameters:
    ///   - timeout: how long a request may take to arrive, and a connection to have none.
    ///   - isWelcome: whether there is room for the connection; otherwise it is told so and closed.
    init(
        _ unreadable: UnreadableRequests, line: RequestLineWatch, on loop: any EventLoop, timeout: TimeAmount,
        isWelcome: Bool
    ) {
        self.unreadable = unreadable
        self.line = line
        self.loop = loop
        self.timeout = timeout
        self.isWelcome = isWelcome
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = MovingDeadline(on: loop) { self.overdue(context) }
        deadline?.move(to: .now() + timeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.end()
        deadline = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isWelcome { refuse(.tooManyConnections, context) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.end()
        context.fireChannelInactive()
    }

    // MARK: What arrives

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Behind what closes the connection nothing is answered.
        guard !isLast else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if let problem = Problem(head) { return refuse(problem, context) }
            (isArriving, hasBody) = (true, false)
            exchanges.append(
                Exchange(
                    isHead: head.method == .HEAD, isLast: Self.isLast(head),
                    waitsForContinue: Self.waitsForContinue(head)))
            allowBody(context)
        case .body:
            hasBody = true
        case .end:
            isArriving = false
            line.restart(afterBody: hasBody)
        }
        keepTime()
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        keepTime()
        context.fireChannelReadComplete()
    }

    /// Whether nothing can follow a request: its client says so, or the parser stops behind it, so that the connection is
    /// of no use without the other protocol. The older HTTP's way to ask for more is not known here.
    private static func isLast(_ head: HTTPRequestHead) -> Bool {
        head.method == .CONNECT || head.headers.contains(name: "upgrade") || head.version.minor == 0
            || head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
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
        if isArriving {
            breakOff(error, context)
        } else {
            refuse(Problem(error, isLineTooLong: line.byteCount > LedgerChannel.maximumFieldBytes), context)
        }
    }

    /// Answers `problem` once everything before has been answered, and closes.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        isLast = true
        self.problem = problem
        closeIfOver(context)
    }

    /// Has whoever reads the body that is arriving know that no more of it comes, and answer; then closes.
    private func breakOff(_ error: any Error, _ context: ChannelHandlerContext) {
        isLast = true
        isArriving = false
        context.fireErrorCaught(error)
        closeIfOver(context)
        keepTime()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isStopping = true
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) {
                guard self.isArriving, !self.isLast else { return }
                self.breakOff(ServiceStopping(), context)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: How long it takes

    /// Sets the time limit anew where something else is waited for than before.
    private func keepTime() {
        guard !isOver else { return }
        let next: Stage =
            if exchanges.count > (isArriving ? 1 : 0) { .answer } else if isArriving { .body } else {
                line.hasBegun ? .head : .idle
            }
        guard next != stage else { return }
        // A head and its body have the time together.
        let isContinued = stage == .head && next == .body
        stage = next
        if !isContinued { restartTime() }
    }

    /// Gives the client all its time; none is kept while it waits for an answer and takes what there is of it.
    private func restartTime() {
        let isWaiting = stage == .answer && untakenByteCount == nil && !isOver
        deadline?.move(to: isWaiting || isStream ? nil : .now() + timeout)
    }

    private func overdue(_ context: ChannelHandlerContext) {
        switch stage {
        case .head where !isOver: refuse(.requestOverdue, context)
        case .body where !isOver: breakOff(RequestOverdue(), context)
        default:
            // Of an answer that it does not take as fast as it could be sent it may still have taken something.
            let untaken = Self.untakenByteCount(context)
            guard let before = untakenByteCount, before - untaken >= Self.leastTakenByteCount else {
                return context.close(promise: nil)
            }
            untakenByteCount = untaken
            restartTime()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        untakenByteCount = context.channel.isWritable || isStream ? nil : Self.untakenByteCount(context)
        // Otherwise it is to send something, whatever it takes.
        if stage == .answer || stage == .idle || isOver { restartTime() }
        context.fireChannelWritabilityChanged()
    }

    private static func untakenByteCount(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is StreamBegins else { return context.triggerUserOutboundEvent(event, promise: promise) }
        isStream = true
        restartTime()
        promise?.succeed()
    }

    // MARK: What is answered

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        let isHead = exchanges.first?.isHead ?? false
        switch unwrapOutboundIn(data) {
        case .head(var head) where exchanges.first?.isLast == true:
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
            if let exchange = exchanges.popFirst(), exchange.isLast { isLast = true }
            isStream = false
            allowBody(context)
            closeIfOver(context)
            keepTime()
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
            self.deadline?.end()
            channel.close(mode: .output, promise: nil)
            self.loop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
        }
        restartTime()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // Whoever wrote the last answer is done, but the client has not taken it yet.
        guard mode == .all, isOver, !isStopping else { return context.close(mode: mode, promise: promise) }
        if let promise { context.channel.closeFuture.cascade(to: promise) }
    }
}
