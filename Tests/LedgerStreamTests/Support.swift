import AsyncHTTPClient
import Foundation
import LedgerService
import LedgerTestSupport
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

/// A service on a test's ledger.
struct TestService: Sendable {
    let port: Int
    private let group: ServiceGroup
    static let token = "the-token-of-these-tests"

    var url: String { "http://127.0.0.1:\(port)" }

    init(port: Int, group: ServiceGroup) {
        self.port = port
        self.group = group
    }

    /// Has the service shut down.
    func stop() async {
        await group.triggerGracefulShutdown()
    }

    /// Stores `events` over HTTP; what was answered.
    @discardableResult
    func post(_ events: [WorkflowEvent]) async throws -> UInt {
        var request = HTTPClientRequest(url: url + "/v1/events")
        request.method = .POST
        request.headers = ["Authorization": "Bearer \(Self.token)", "Content-Type": "application/x-ndjson"]
        request.body = .bytes(ByteBuffer(string: events.map { $0.json + "\n" }.joined()))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30)).status.code
    }

    /// A ticket for one stream.
    func ticket() async throws -> String {
        struct Answer: Decodable {
            var ticket: String
            var expires_in: Int
        }
        var request = HTTPClientRequest(url: url + "/v1/stream-tickets")
        request.method = .POST
        request.headers = ["Authorization": "Bearer \(Self.token)"]
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let answer = try JSONDecoder().decode(
            Answer.self, from: Data((try await response.body.collect(upTo: 4096)).readableBytesView))
        guard response.status == .created, answer.expires_in == 30 else { throw StreamTestError("\(answer)") }
        return answer.ticket
    }
}

extension TestLedger {
    /// Runs `body` with a service on the ledger, which has ended when this returns.
    func withService<R: Sendable>(
        _ settings: ServiceSettings = ServiceSettings(), _ body: @Sendable (TestService) async throws -> R
    ) async throws -> R {
        var settings = settings
        settings.port = 0
        settings.adminToken = TestService.token
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let service = LedgerService(database: database, settings: settings, logger: TestLedger.logger) {
            port.yield($0)
        }
        let group = ServiceGroup(services: [service], logger: TestLedger.logger)
        let running = Task {
            defer { port.finish() }
            try await group.run()
        }
        let result: Result<R, any Error>
        do {
            guard let number = await ports.first(where: { _ in true }) else {
                try await running.value
                throw StreamTestError("The service ended before it listened.")
            }
            result = .success(try await body(TestService(port: number, group: group)))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return try result.get()
    }
}

struct StreamTestError: Error {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Events of one run, a second apart and numbered by their durations.
func numberedEvents(
    _ numbers: Range<Int>, runID: String = "r1", node: Node = .lyrics, issue: String? = nil
) -> [WorkflowEvent] {
    numbers.map { number in
        WorkflowEvent(
            ts: Timestamp(microsecondsSince1970: (1_763_467_200 + Int64(number)) * 1_000_000), runID: runID,
            node: node, phase: .end, durationMS: number, issues: issue.map { [$0] } ?? [])
    }
}
