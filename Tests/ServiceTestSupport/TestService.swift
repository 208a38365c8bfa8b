package import AsyncHTTPClient
import Foundation
package import LedgerReporting
package import LedgerService
package import LedgerTestSupport
package import Logging
import NIOCore
package import NIOHTTP1
import ServiceLifecycle
package import WorkflowEvents

/// A service on a test's ledger, and a client of it.
package struct TestService: Sendable {
    package let port: Int
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    /// The administrator's token.
    package static let token = "the-token-of-these-tests"

    fileprivate init(port: Int, group: ServiceGroup, running: Task<Void, any Error>) {
        self.port = port
        self.group = group
        self.running = running
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Has the service shut down.
    package func stop() async {
        await group.triggerGracefulShutdown()
    }

    /// Returns when the service has ended.
    package func ended() async throws {
        try await running.value
    }

    /// What was answered.
    package struct Answer: Sendable {
        package var status: UInt
        package var headers: HTTPHeaders
        package var body: String

        /// The body, read as JSON.
        package func json<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(type, from: Data(body.utf8))
        }
    }

    /// Sends a request with the administrator's token, unless `headers` have another or an empty one.
    package func send(
        _ method: HTTPMethod, _ path: String, headers: HTTPHeaders = [:], body: HTTPClientRequest.Body? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers = headers
        if headers["Authorization"].isEmpty {
            request.headers.add(name: "Authorization", value: "Bearer \(Self.token)")
        }
        if headers["Authorization"] == [""] { request.headers.remove(name: "Authorization") }
        request.body = body
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60) * slowness)
        let text = String(buffer: try await response.body.collect(upTo: 64 << 20))
        return Answer(status: response.status.code, headers: response.headers, body: text)
    }

    package func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> Answer {
        try await send(.GET, path, headers: headers)
    }

    /// Sends `body` to be stored.
    package func post(
        _ body: String, type: String = "application/json", headers: HTTPHeaders = [:]
    ) async throws -> Answer {
        var headers = headers
        headers.add(name: "Content-Type", value: type)
        return try await send(.POST, "/v1/events", headers: headers, body: .bytes(ByteBuffer(string: body)))
    }

    /// Stores `events` over HTTP; the status that was answered.
    @discardableResult
    package func post(_ events: [WorkflowEvent]) async throws -> UInt {
        try await post(events.map { $0.json + "\n" }.joined(), type: "application/x-ndjson").status
    }

    /// A ticket for one stream.
    package func ticket() async throws -> String {
        struct Ticket: Decodable {
            var ticket: String
            var expires_in: Int
        }
        let answer = try await send(.POST, "/v1/stream-tickets")
        let ticket = try answer.json(as: Ticket.self)
        guard answer.status == 201, ticket.expires_in == 30 else { throw ServiceTestError(answer.body) }
        return ticket.ticket
    }

    /// The value of a metric without labels.
    package func metric(_ name: String) async throws -> Double {
        let text = try await get("/metrics").body
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + " ") }),
            let value = Double(line.dropFirst(name.count + 1))
        else { throw ServiceTestError("no metric \(name) in:\n\(text)") }
        return value
    }
}

extension TestLedger {
    /// Runs `body` with a service on the ledger, which has ended when this returns.
    package func withService<R: Sendable>(
        _ settings: ServiceSettings = ServiceSettings(), catalogue: ReportCatalogue? = nil,
        logger: Logger = TestLedger.logger, _ body: @Sendable (TestService) async throws -> R
    ) async throws -> R {
        var settings = settings
        settings.port = 0
        settings.adminToken = TestService.token
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let service = LedgerService(
            database: database, catalogue: try catalogue ?? .builtIn(), settings: settings, logger: logger
        ) {
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
                throw ServiceTestError("The service ended before it listened.")
            }
            result = .success(try await body(TestService(port: number, group: group, running: running)))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return try result.get()
    }
}

/// Something a test did not expect of the service.
package struct ServiceTestError: Error {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
