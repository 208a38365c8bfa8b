import LedgerAccess
import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Every request", .timeLimit(.minutes(10)))
struct EnvelopeTests {
    @Test("Has an id, the caller's own if it is fit, and the header fields of a careful server")
    func headers() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for path in ["/healthz", "/v1/events", "/nowhere"] {
                    let headers = try await service.get(path).headers
                    #expect(headers["X-Request-Id"].first?.count == 36)
                    #expect(headers["X-Content-Type-Options"] == ["nosniff"])
                    #expect(headers["Content-Security-Policy"].first?.contains("default-src 'none'") == true)
                    #expect(headers["Cache-Control"] == ["no-store"])
                }
                let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
                let own = try await service.get(
                    "/healthz", headers: ["X-Request-Id": "my-id_1", "traceparent": trace])
                #expect(own.headers["X-Request-Id"] == ["my-id_1"] && own.headers["traceparent"] == [trace])
                let unfit = try await service.get("/healthz", headers: ["X-Request-Id": "a\"b", "traceparent": "00-x"])
                #expect(unfit.headers["X-Request-Id"].first?.count == 36 && unfit.headers["traceparent"] == [])
            }
        }
    }

    @Test("To a wrong path is 404, with a wrong method 405 that names the right ones")
    func wrongRoutes() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for path in ["/", "/v1", "/v1/nothing", "/v1/runs/a/b", "/v2/events"] {
                    let answer = try await service.get(path)
                    #expect(answer.status == 404, "\(path)")
                    #expect(answer.headers["Content-Type"] == ["application/problem+json"])
                }
                for (method, path, allow) in [
                    (HTTPMethod.DELETE, "/v1/events", "GET, HEAD, POST"), (.POST, "/v1/runs/a", "GET, HEAD"),
                    (.GET, "/v1/stream-tickets", "POST"), (.PUT, "/healthz", "GET, HEAD"),
                    (.PUT, "/v1/stream", "GET"),
                ] {
                    let answer = try await service.send(method, path)
                    #expect(answer.status == 405, "\(path)")
                    #expect(answer.headers["Allow"] == [allow])
                }
            }
        }
    }

    @Test("Needs a token that is known and good, and a scope of it")
    func tokens() async throws {
        try await withTestLedger { ledger in
            let tokens = try await ledger.withPool { pool in
                let tokens = TokenRepository(pool: pool)
                let past = PostgresTimestamp(microsecondsSince1970: 1_763_467_200_000_000)
                let revoked = try await tokens.create(name: "revoked", scopes: [.admin])
                try await tokens.revoke(name: "revoked")
                return [
                    "writer": try await tokens.create(name: "writer", scopes: [.eventsWrite]),
                    "reader": try await tokens.create(name: "reader", scopes: [.eventsRead]),
                    "expired": try await tokens.create(name: "expired", scopes: [.admin], expiresAt: past),
                    "revoked": revoked, "root": try await tokens.create(name: "root", scopes: [.admin]),
                ]
            }
            try await ledger.withService { service in
                let event = #"{"run_id":"r1","node":"PLAN","phase":"start"}"#
                for (name, read, write) in [
                    ("writer", 403, 201), ("reader", 200, 403), ("expired", 401, 401), ("revoked", 401, 401),
                    ("root", 200, 201), ("unknown", 401, 401), ("none", 401, 401), ("basic", 401, 401),
                ] as [(String, UInt, UInt)] {
                    let header =
                        switch name {
                        case "none": ""
                        case "basic": "Basic \(tokens["root"] ?? "")"
                        default: "Bearer \(tokens[name] ?? "rl_unknown")"
                        }
                    // Twice, as the second is answered from what is known.
                    for _ in 0..<2 {
                        let reading = try await service.get("/v1/events", headers: ["Authorization": header])
                        #expect(reading.status == read, "\(name)")
                        let writing = try await service.post(event, headers: ["Authorization": header])
                        #expect(writing.status == write, "\(name)")
                        if read == 401 {
                            #expect(reading.headers["WWW-Authenticate"].first?.hasPrefix("Bearer") == true)
                        }
                    }
                    for path in ["/healthz", "/readyz", "/openapi.json"] {
                        let open = try await service.get(path, headers: ["Authorization": header])
                        #expect(open.status == 200, "\(path)")
                    }
                    let metrics = try await service.get("/metrics", headers: ["Authorization": header])
                    #expect(metrics.status == (read == 401 ? 401 : 200))
                }
            }
        }
    }

    @Test("Is counted by route and status, and what is stored by phase")
    func metrics() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<3))
                _ = try await service.post("{}")
                _ = try await service.get("/v1/runs/a")
                _ = try await service.get("/nowhere")
                let text = try await service.get("/metrics").body
                for line in [
                    #"runledger_http_requests_total{method="POST",route="/v1/events",status="201"} 1"#,
                    #"runledger_http_requests_total{method="POST",route="/v1/events",status="422"} 1"#,
                    #"runledger_http_requests_total{method="GET",route="/v1/runs/{run_id}",status="404"} 1"#,
                    #"runledger_http_requests_total{method="GET",route="none",status="404"} 1"#,
                    #"runledger_events_total{phase="end"} 3"#, "runledger_database_up 1",
                    "runledger_write_queue_events 0", "runledger_commit_events_count 1",
                    #"runledger_ingest_request_events_bucket{le="10.0"} 1"#, "runledger_sequencing_lag_seconds",
                    "runledger_stream_subscribers 0", #"runledger_database_connections{pool="queries",state="idle"}"#,
                ] {
                    #expect(text.contains(line), "\(line) in \(text)")
                }
            }
        }
    }

    @Test("Under way when the service stops is answered after its commit")
    func shutdown() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                async let answers = withThrowingTaskGroup { group in
                    for number in 0..<20 {
                        group.addTask { try? await service.post(numberedEvents(0..<100, runID: "run-\(number)")) }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 == 201 ? 1 : 0 }
                }
                while try await service.metric("runledger_commit_events_count") < 1 {}
                await service.stop()
                let acknowledged = try await answers
                #expect(try await ledger.value("select count(*) from workflow_events") >= Int64(acknowledged * 100))
            }
        }
    }
}

extension TestLedger {
    /// Runs `body` with connections of the role that stores events.
    func withPool<R: Sendable>(_ body: (PostgresPool) async throws -> R) async throws -> R {
        try await withLedgerPool(database, logger: TestLedger.logger, body)
    }
}
