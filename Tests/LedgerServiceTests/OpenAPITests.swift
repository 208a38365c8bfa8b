import AsyncHTTPClient
import Foundation
import LedgerReporting
import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import NIOCore
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("The API's description", .timeLimit(.minutes(10)))
struct OpenAPITests {
    private static func description(of service: TestService) async throws -> [String: Any] {
        let answer = try await service.get("/openapi.json")
        return try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
    }

    @Test("Names every route there is, and no other")
    func routes() async throws {
        try await withTestLedger { ledger in
            let routes = LedgerService(
                database: ledger.database, catalogue: try .builtIn(), logger: TestLedger.logger
            ).routes
            try await ledger.withService { service in
                let description = try await Self.description(of: service)
                let paths = try #require(description["paths"] as? [String: [String: Any]])
                let described = paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } }
                #expect(Set(described) == Set(routes))
                #expect(described.count == routes.count)
            }
        }
    }

    @Test("Every reference in it leads somewhere")
    func references() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let document = try await Self.description(of: service)
                let schema = JSONSchema(document: document)
                var count = 0
                func walk(_ node: Any) {
                    if let object = node as? [String: Any] {
                        if let reference = object["$ref"] as? String {
                            count += 1
                            #expect(!schema.resolve(reference).isEmpty, "\(reference)")
                        }
                        for member in object.values { walk(member) }
                    } else if let array = node as? [Any] {
                        for item in array { walk(item) }
                    }
                }
                walk(document)
                #expect(count > 30)
            }
        }
    }

    /// A request, and which of the described paths it is one of.
    struct Call: CustomTestStringConvertible {
        var method = HTTPMethod.GET
        var path: String
        var template: String
        var status: UInt
        var body: String?
        var headers: HTTPHeaders = [:]

        var testDescription: String { "\(method) \(path): \(status)" }
    }

    private static let event = #"{"run_id":"r1","node":"PLAN","phase":"start","issues":["late"]}"#
    private static let json: HTTPHeaders = ["Content-Type": "application/json"]

    static let calls = [
        Call(method: .POST, path: "/v1/events", template: "/v1/events", status: 201, body: event, headers: json),
        Call(method: .POST, path: "/v1/events", template: "/v1/events", status: 400, body: "{", headers: json),
        Call(method: .POST, path: "/v1/events", template: "/v1/events", status: 415, body: event),
        Call(method: .POST, path: "/v1/events", template: "/v1/events", status: 422, body: "{}", headers: json),
        Call(
            method: .POST, path: "/v1/events", template: "/v1/events", status: 401, body: event,
            headers: ["Authorization": "Bearer rl_no"]),
        Call(path: "/v1/events", template: "/v1/events", status: 200),
        Call(path: "/v1/events?limit=0", template: "/v1/events", status: 400),
        Call(path: "/v1/runs?limit=1", template: "/v1/runs", status: 200),
        Call(path: "/v1/runs/r0", template: "/v1/runs/{run_id}", status: 200),
        Call(path: "/v1/runs/none", template: "/v1/runs/{run_id}", status: 404),
        Call(path: "/v1/runs/r0/events?limit=1", template: "/v1/runs/{run_id}/events", status: 200),
        Call(path: "/v1/stream", template: "/v1/stream", status: 406),
        Call(
            path: "/v1/stream?after=99", template: "/v1/stream", status: 409, headers: ["Accept": "text/event-stream"]),
        Call(method: .POST, path: "/v1/stream-tickets", template: "/v1/stream-tickets", status: 201),
        Call(path: "/v1/reports", template: "/v1/reports", status: 200),
        Call(path: "/v1/reports/failures", template: "/v1/reports/{name}", status: 200),
        Call(path: "/v1/reports/average-duration?since=24h", template: "/v1/reports/{name}", status: 200),
        Call(path: "/v1/reports/sources?format=csv", template: "/v1/reports/{name}", status: 200),
        Call(path: "/v1/reports/failures?limit=0", template: "/v1/reports/{name}", status: 400),
        Call(path: "/v1/reports/failures?as_of=99", template: "/v1/reports/{name}", status: 400),
        Call(path: "/v1/reports/none", template: "/v1/reports/{name}", status: 404),
        Call(
            path: "/v1/reports/failures", template: "/v1/reports/{name}", status: 406,
            headers: ["Accept": "image/png"]),
        Call(path: "/v1/report-executions?limit=1", template: "/v1/report-executions", status: 200),
        Call(path: "/v1/report-executions?state=lost", template: "/v1/report-executions", status: 400),
        Call(path: "/v1/report-executions?cursor=x", template: "/v1/report-executions", status: 400),
        Call(path: "/healthz", template: "/healthz", status: 200),
        Call(path: "/readyz", template: "/readyz", status: 200),
        Call(path: "/metrics", template: "/metrics", status: 200),
        Call(path: "/metrics", template: "/metrics", status: 401, headers: ["Authorization": ""]),
        Call(path: "/openapi.json", template: "/openapi.json", status: 200),
    ]

    @Test("Says what is answered", arguments: calls)
    func answers(_ call: Call) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<3, runID: "r0", issue: "late"))
                let document = try await Self.description(of: service)
                let schema = JSONSchema(document: document)
                let answer = try await service.send(
                    call.method, call.path, headers: call.headers, body: call.body.map { .bytes(.init(string: $0)) })
                #expect(answer.status == call.status)
                let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
                let operation = try #require(paths[call.template]?[call.method.rawValue.lowercased()])
                let responses = try #require(operation["responses"] as? [String: [String: Any]])
                var response = try #require(responses["\(call.status)"])
                if let reference = response["$ref"] as? String { response = schema.resolve(reference) }
                let content = try #require(response["content"] as? [String: [String: Any]])
                let type = try #require(answer.headers["Content-Type"].first?.split(separator: ";").first)
                let media = try #require(content[String(type)])
                guard type.hasSuffix("json") else { return }
                let value = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
                let violations = schema.violations(of: value, under: try #require(media["schema"] as? [String: Any]))
                #expect(violations == [])
            }
        }
    }
}
