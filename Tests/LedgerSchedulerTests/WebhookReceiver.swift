import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// A server that keeps what it is sent, and answers as it is told.
final class WebhookReceiver: Sendable {
    struct Request: Sendable {
        var headers: HTTPFields
        var body: [UInt8]

        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    }

    struct Reply: Sendable {
        var status: HTTPResponse.Status
        var headers: HTTPFields = [:]
        /// Whether it comes only once ``WebhookReceiver/letGo()`` is called.
        var isHeld = false
    }

    private struct State {
        var requests: [Request] = []
        var replies: [Reply]
    }

    private let state: Mutex<State>
    private let (gate, opener) = AsyncStream.makeStream(of: Never.self)

    /// - Parameter replies: what is answered to the first requests; 204 to those after them.
    init(_ replies: [Reply] = []) {
        state = Mutex(State(replies: replies))
    }

    var requests: [Request] { state.withLock { $0.requests } }

    /// Sends the replies that are held.
    func letGo() {
        opener.finish()
    }

    /// Runs `body` with the URL at which it answers, which has a secret in it.
    func run<R>(_ body: (String) async throws -> R) async throws -> R {
        let router = Router()
        router.post("services/{token}") { request, _ in
            let bytes = Array(buffer: try await request.body.collect(upTo: 32 << 20))
            let reply = self.state.withLock { state in
                state.requests.append(Request(headers: request.headers, body: bytes))
                return state.replies.isEmpty ? Reply(status: .noContent) : state.replies.removeFirst()
            }
            if reply.isHeld { for await _ in self.gate {} }
            return Response(status: reply.status, headers: reply.headers)
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) })
        let group = ServiceGroup(services: [application], logger: application.logger)
        let running = Task { try await group.run() }
        let result: Result<R, any Error>
        do {
            var numbers = ports.makeAsyncIterator()
            let port = await numbers.next() ?? 0
            result = .success(
                try await body("http://127.0.0.1:\(port)/services/\(Self.pathSecret)?key=\(Self.querySecret)"))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return try result.get()
    }

    static let pathSecret = "T0PATHSECRET"
    static let querySecret = "T0QUERYSECRET"
}
