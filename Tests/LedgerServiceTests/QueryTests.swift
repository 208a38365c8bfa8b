import Foundation
import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import NIOHTTP1
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Queries", .timeLimit(.minutes(10)))
struct QueryTests {
    struct Events: Decodable {
        struct Entry: Decodable {
            var position: Int64
            var run_id: String
            var duration_ms: Int
            var source: String
        }
        var events: [Entry]
        var next_cursor: String?
    }

    @Test("Lists events by position either way, in pages that stay stable while more arrive")
    func pages() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await service.post(numberedEvents(0..<25))
                for order in ["asc", "desc"] {
                    var positions: [Int64] = []
                    var cursor: String?
                    repeat {
                        let page = try await service.get(
                            "/v1/events?order=\(order)&limit=10" + (cursor.map { "&cursor=\($0)" } ?? "")
                        ).json(as: Events.self)
                        positions += page.events.map(\.position)
                        cursor = page.next_cursor
                        try await service.post(numberedEvents(0..<1, runID: "late-\(order)-\(positions.count)"))
                    } while cursor != nil && positions.count < 20
                    let first = try #require(positions.first)
                    #expect(positions == positions.indices.map { first + Int64(order == "asc" ? $0 : -$0) })
                }
            }
        }
    }

    @Test(
        "Filters events",
        arguments: [
            ("", [4, 3, 2, 1]), ("run_id=a%2F1", [4, 1]), ("node=STYLE", [2]), ("phase=fail", [3]),
            ("phase=end&phase=fail&run_id=b", [3]), ("has_issues=true", [3]), ("has_issues=false&node=PLAN", [1]),
            ("text=LATE", [3]), ("text=100%25", []), ("since=2025-11-18T12:00:02Z", [4, 3]),
            ("until=2025-11-18T12:00:01Z", [1]), ("since=2025-11-18T13:00:01%2B01:00&until=2025-11-18T12:00:02", [2]),
            ("limit=1", [4]),
        ] as [(String, [Int64])])
    func filters(query: String, positions: [Int64]) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let lines = [
                    #"{"ts":"2025-11-18T12:00:00Z","run_id":"a/1","node":"PLAN","phase":"start"}"#,
                    #"{"ts":"2025-11-18T12:00:01Z","run_id":"b","node":"STYLE","phase":"start"}"#,
                    #"{"ts":"2025-11-18T12:00:02Z","run_id":"b","node":"LYRICS","phase":"fail","issues":["Too late"]}"#,
                    #"{"ts":"2025-11-18T12:00:03Z","run_id":"a/1","node":"LYRICS","phase":"end"}"#,
                ]
                let stored = try await service.post(lines.joined(separator: "\n"), type: "application/x-ndjson")
                #expect(stored.status == 201)
                let answer = try await service.get("/v1/events?\(query)")
                #expect(answer.status == 200)
                #expect(try answer.json(as: Events.self).events.map(\.position) == positions)
            }
        }
    }

    @Test("Lists runs newest first, shows one with its executions, and its events by time")
    func runs() async throws {
        struct Runs: Decodable {
            struct Entry: Decodable {
                var run_id: String
                var status: String
                var event_count: Int
            }
            var runs: [Entry]
            var next_cursor: String?
        }
        struct Run: Decodable {
            struct Execution: Decodable {
                var node: String
                var execution_id: String?
                var metrics: [String: Double]
            }
            var run: Runs.Entry
            var executions: [Execution]
        }
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                for run in ["a b", "c/d", "ü"] {
                    try await service.post(Array(numberedEvents(0..<5, runID: run).reversed()))
                }
                let first = try await service.get("/v1/runs?limit=2").json(as: Runs.self)
                #expect(first.runs.map(\.run_id) == ["ü", "c/d"])
                let cursor = try #require(first.next_cursor)
                let second = try await service.get("/v1/runs?cursor=\(cursor)").json(as: Runs.self)
                #expect(second.runs.map(\.run_id) == ["a b"] && second.next_cursor == nil)
                let one = try await service.get("/v1/runs/c%2Fd").json(as: Run.self)
                #expect(one.run.run_id == "c/d" && one.run.event_count == 5 && one.executions.count == 5)
                var durations: [Int] = []
                var page = try await service.get("/v1/runs/a%20b/events?limit=2").json(as: Events.self)
                while true {
                    durations += page.events.map(\.duration_ms)
                    guard let cursor = page.next_cursor else { break }
                    page = try await service.get("/v1/runs/a%20b/events?limit=2&cursor=\(cursor)").json()
                }
                #expect(durations == [0, 1, 2, 3, 4])
                for (cursor, count) in [("-999999999999999999.1", 5), ("999999999999999999.1", 0)] {
                    page = try await service.get("/v1/runs/a%20b/events?cursor=\(cursor)").json()
                    #expect(page.events.count == count, "\(cursor)")
                }
                for path in ["/v1/runs/none", "/v1/runs/none/events"] {
                    #expect(try await service.get(path).status == 404)
                }
            }
        }
    }

    @Test("An execution is shown with its id and what was measured")
    func execution() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                var event = numberedEvents(0..<1)[0]
                event.executionID = event.id
                event.metrics = ["lines": 12, "score": 0.5]
                try await service.post([event])
                let body = try await service.get("/v1/runs/r1").body
                let id = event.id.uuidString.lowercased()
                #expect(body.contains(#""execution_id":"\#(id)","metrics":{"lines":12,"score":0.5}"#), "\(body)")
            }
        }
    }

    @Test("A page of large events ends before its limit, and the next goes on behind it")
    func largeEvents() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let issues = Array(repeating: String(repeating: "x", count: 8000), count: 30)
                for numbers in [0..<25, 25..<50] {
                    let events = numberedEvents(numbers).map { event in
                        var event = event
                        event.issues = issues
                        return event
                    }
                    #expect(try await service.post(events) == 201)
                }
                for path in ["/v1/events?order=asc&", "/v1/events?order=desc&", "/v1/runs/r1/events?"] {
                    var (positions, sizes) = ([Int64](), [Int]())
                    var cursor: String?
                    repeat {
                        let page = try await service.get(
                            path + "limit=1000" + (cursor.map { "&cursor=\($0)" } ?? ""))
                        #expect(page.body.utf8.count < 9 << 20)
                        let events = try page.json(as: Events.self)
                        positions += events.events.map(\.position)
                        sizes.append(events.events.count)
                        cursor = events.next_cursor
                    } while cursor != nil
                    #expect(positions == (path.contains("desc") ? (1...50).reversed() : Array(1...50)))
                    #expect(sizes.count == 2 && sizes[0] > 30, "\(sizes)")
                }
            }
        }
    }

    @Test("Queries that do not end are given up, and meanwhile leave ingest and probes alone")
    func slowQueries() async throws {
        try await withTestLedger { ledger in
            var settings = ServiceSettings()
            settings.queryTimeout = .seconds(1)
            try await ledger.withService(settings) { service in
                try await ledger.withAdministrator { connection in
                    // Queries wait for positions, and nobody else does.
                    try await connection.execute(
                        script: "begin; select pg_advisory_xact_lock('\(ledger.schema).sequencing'::regclass::int, 0)")
                    try await service.post(numberedEvents(0..<1))
                    let answers = try await withThrowingTaskGroup { group in
                        for _ in 0..<20 { group.addTask { try await service.get("/v1/events") } }
                        try await ledger.wait(until: Self.areQueriesWaiting)
                        #expect(try await service.post(numberedEvents(1..<2)) == 201)
                        #expect(try await service.get("/readyz").status == 200)
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(answers.allSatisfy { $0.status == 503 })
                    #expect(answers.contains { $0.body.contains("longer than 1.0 seconds") })
                    try await connection.execute(script: "rollback")
                    #expect(try await service.get("/v1/events").json(as: Events.self).events.count == 2)
                }
            }
        }
    }

    private static let areQueriesWaiting: PostgresQuery = """
        select count(*) >= 4 from pg_locks where locktype = 'advisory' and not granted and database = (
            select oid from pg_database where datname = current_database())
        """

    @Test(
        "Refuses what is unknown or out of range, by name",
        arguments: [
            ("/v1/events?limit=0", "limit"), ("/v1/events?limit=1001", "limit"), ("/v1/events?limit=x", "limit"),
            ("/v1/events?since=yesterday", "since"), ("/v1/events?until=", "until"), ("/v1/events?phase=stop", "phase"),
            ("/v1/events?has_issues=yes", "has_issues"), ("/v1/events?order=up", "order"),
            ("/v1/events?cursor=abc", "cursor"), ("/v1/events?cursor=-1", "cursor"),
            ("/v1/events?limit=1&limit=2", "limit"), ("/v1/events?sort=ts", "sort"), ("/v1/events?text=%FF", "UTF-8"),
            ("/v1/runs?status=done", "status"), ("/v1/runs?cursor=1.5", "cursor"), ("/v1/runs/a?x=1", "x"),
            ("/v1/runs/a/events?cursor=12", "cursor"),
        ])
    func parameters(path: String, name: String) async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let answer = try await service.get(path)
                #expect(answer.status == 400)
                #expect(answer.body.contains(name))
            }
        }
    }
}
