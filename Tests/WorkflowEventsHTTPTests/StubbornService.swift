import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// A server that is no runledger, and answers as it is told.
final class StubbornService: Sendable {
    /// What it does with a request.
    struct Reply: Sendable {
        var status: HTTPResponse.Status
        var headers: HTTPFields = [:]
        var body = ""
    }

    /// The bodies that came, and with which token.
    struct Received: Sendable {
        var token: String?
        var traceParent: String?
        var lines: [String]
    }

    private let received = Mutex<[Received]>([])
    private let reply: @Sendable (Int, Received) async -> Reply

    var requests: [Received] { received.withLock { $0 } }

    /// - Parameter reply: what to answer to which request, counted from 0.
    init(_ reply: @escaping @Sendable (Int, Received) async -> Reply) {
        self.reply = reply
    }

    /// Runs `body` with the URL at which it answers.
    func run<R: Sendable>(_ body: @Sendable (String) async throws -> R) async throws -> R {
        let router = Router()
        router.post("v1/events") { request, _ in
            let text = String(buffer: try await request.body.collect(upTo: 32 << 20))
            let received = Received(
                token: request.headers[.authorization],
                traceParent: request.headers[HTTPField.Name("traceparent")!],
                lines: text.split(separator: "\n").map(String.init))
            let number = self.received.withLock { all in
                all.append(received)
                return all.count - 1
            }
            let reply = await self.reply(number, received)
            return Response(
                status: reply.status, headers: reply.headers,
                body: ResponseBody(byteBuffer: ByteBuffer(string: reply.body)))
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
            result = .success(try await body("http://127.0.0.1:\(await numbers.next() ?? 0)"))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return try result.get()
    }
}
