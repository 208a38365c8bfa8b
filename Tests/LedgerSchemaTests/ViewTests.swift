import LedgerTestSupport
import LibPQ
import Testing

@Suite("Views") struct ViewTests {
    /// A ledger that holds these events, sequenced.
    private nonisolated(nonsending) func withEvents(
        _ batches: [[TestEvent]], _ body: (PostgresConnection) async throws -> Void
    ) async throws {
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            for batch in batches { try await writer.store(batch) }
            try await writer.sequence()
            try await body(writer)
        }
    }

    private nonisolated(nonsending) func status(_ connection: PostgresConnection) async throws -> String {
        try await connection.value("select status from runs", as: String.self)
    }

    @Test("Events come with position, time of record and source")
    func ledgerEvents() async throws {
        try await withEvents([[TestEvent(), TestEvent(second: 1, phase: "end", durationMS: 1000)]]) { connection in
            let rows = try await connection.query(
                "select position, source, recorded_at > ts, phase from ledger_events order by position")
            let (position, source, isRecordedLater, phase) = try rows[1].decode(
                Int64.self, String.self, Bool.self, String.self)
            #expect(rows.count == 2)
            #expect(position == 2)
            #expect(source == "test")
            #expect(isRecordedLater)
            #expect(phase == "end")
        }
    }

    @Test("The tail's function goes on after any position, across batches and within them")
    func tail() async throws {
        let batches = (0..<5).map { batch in
            (0..<4).map { TestEvent(run: "run-\(batch)-\($0)", second: batch * 10 + $0) }
        }
        try await withEvents(batches) { connection in
            for after in [Int64(-1), 0, 1, 3, 4, 7, 19, 20, 100] {
                for maximum in [Int64(1), 3, 4, 9, 50] {
                    let got = try await connection.column(
                        "select position from ledger_events_after(\(after), \(maximum))", as: Int64.self)
                    let expected = (Int64(1)...20).filter { $0 > after && $0 <= after + maximum }
                    #expect(got == expected, "after \(after), \(maximum) at most")
                }
            }
        }
    }

    @Test("A report sees events up to its position, and none of runledger's own")
    func asOf() async throws {
        let own = TestEvent(run: "runledger:service", node: "runledger.drop", phase: "fail")
        try await withEvents([[TestEvent(), TestEvent(second: 1)], [own, TestEvent(second: 2)]]) { connection in
            let everything = try await connection.column("select position from events order by 1", as: Int64.self)
            #expect(everything == [1, 2, 4])
            for (position, expected) in [(0, []), (1, [1]), (3, [1, 2]), (4, [1, 2, 4])] as [(Int, [Int64])] {
                try await connection.execute(script: "set runledger.as_of = \(position)")
                let got = try await connection.column("select position from events order by 1", as: Int64.self)
                #expect(got == expected)
                let runs = try await connection.query("select event_count from runs")
                #expect(runs.count == (expected.isEmpty ? 0 : 1))
            }
        }
    }

    @Test("A start and its end make one execution, with the end's measures and what either noted")
    func execution() async throws {
        let id = "0190aaaa-0000-7000-8000-000000000001"
        try await withEvents([
            [TestEvent(metrics: #"{"a": 1, "b": 1}"#, issues: ["early"], execution: id, service: "one")],
            [
                TestEvent(
                    second: 5, phase: "fail", durationMS: 4900, metrics: #"{"b": 2}"#, issues: ["late"], execution: id)
            ],
        ]) { connection in
            let row = try await connection.query(
                """
                select run_id, node, execution_id::text, started_at, ended_at, phase, duration_ms,
                    issues, metrics, service, start_position, end_position
                from executions
                """)[0]
            let execution = try row.decode("execution_id", as: String.self)
            let phase = try row.decode("phase", as: String.self)
            let issues = try row.decode("issues", as: [String].self)
            let metrics = try row.decode("metrics", as: PostgresJSON.self)
            let service = try row.decode("service", as: String.self)
            let started = try row.decode("started_at", as: PostgresTimestamp.self)
            let ended = try row.decode("ended_at", as: PostgresTimestamp.self)
            let positions = try [
                row.decode("start_position", as: Int64.self), row.decode("end_position", as: Int64.self),
            ]
            #expect(execution == id)
            #expect(phase == "fail")
            #expect(issues == ["early", "late"])
            #expect(metrics.text == #"{"a": 1, "b": 2}"#)
            #expect(service == "one")
            #expect(started == .second(0))
            #expect(ended == .second(5))
            #expect(positions == [1, 2])
        }
    }

    @Test("An end without a start is an execution that began its duration earlier")
    func unmatchedEnd() async throws {
        try await withEvents([[TestEvent(second: 10, phase: "end", durationMS: 4000)]]) { connection in
            let row = try await connection.query("select started_at, ended_at, start_position from executions")[0]
            let (started, ended, position) = try row.decode(
                PostgresTimestamp.self, PostgresTimestamp.self, Int64?.self)
            #expect(started == .second(6))
            #expect(ended == .second(10))
            #expect(position == nil)
        }
    }

    @Test("A run is running, failed, completed or idle, in this order")
    func statuses() async throws {
        let start = TestEvent()
        let end = TestEvent(second: 5, phase: "end", durationMS: 5000)
        let fail = TestEvent(second: 5, phase: "fail", durationMS: 5000)
        let retry = TestEvent(second: 6)
        let success = TestEvent(second: 9, phase: "end", durationMS: 3000)
        let review = [TestEvent(second: 2, node: "REVIEW"), TestEvent(second: 3, node: "REVIEW", phase: "end")]
        let cases: [(status: String, nodesDone: Int64, events: [TestEvent])] = [
            ("running", 0, [start]), ("idle", 1, [start, end]), ("failed", 0, [start, fail]),
            ("running", 0, [start, fail, retry]), ("idle", 1, [start, fail, retry, success]),
            ("completed", 2, [start, end] + review), ("failed", 1, [start, fail] + review),
            ("running", 1, [start] + review),
        ]
        for expected in cases {
            try await withEvents([expected.events]) { connection in
                let row = try await connection.query(
                    "select status, nodes_done, event_count, first_position, last_position from runs")[0]
                let (status, nodesDone, count, first, last) = try row.decode(
                    String.self, Int64.self, Int64.self, Int64.self, Int64.self)
                #expect(status == expected.status)
                #expect(nodesDone == expected.nodesDone)
                #expect(count == Int64(expected.events.count))
                #expect([first, last] == [1, count])
            }
        }
    }

    @Test("The workflow's last node is REVIEW unless set")
    func lastNode() async throws {
        try await withWriter { ledger, writer in
            try await writer.ensurePartition("2025-01-01")
            try await writer.store([TestEvent(), TestEvent(second: 1, phase: "end")])
            try await writer.sequence()
            let idle = try await status(writer)
            #expect(idle == "idle")
            try await connected(ledger.administrator) {
                try await $0.execute(script: "update ledger set last_node = 'LYRICS'")
            }
            let completed = try await status(writer)
            #expect(completed == "completed")
        }
    }
}
