import LedgerMigrations
import LedgerSchema
import LedgerTestSupport
import LibPQ
import Testing

@Suite("What reports read") struct ReportViewTests {
    /// Two batches of two events each, of which one is runledger's own, as positions 1 to 4.
    private nonisolated(nonsending) func withBatches(_ body: (PostgresConnection) async throws -> Void) async throws {
        let own = TestEvent(run: "runledger:service", node: "runledger.drop", phase: "fail")
        try await withWriter { _, writer in
            try await writer.ensurePartition("2025-01-01")
            try await writer.store([TestEvent(), TestEvent(second: 1)], source: "one")
            try await writer.store([own, TestEvent(second: 2)], source: "two")
            try await writer.sequence()
            try await body(writer)
        }
    }

    @Test("Batches and all events end at the position, in the middle of a batch too")
    func asOf() async throws {
        try await withBatches { connection async throws in
            let expected: [(position: Int, batches: [String], events: [Int64], own: [Int64])] = [
                (0, [], [], []), (1, ["one 1-1: 1"], [1], [1]), (2, ["one 1-2: 2"], [1, 2], [1, 2]),
                (3, ["one 1-2: 2", "two 3-3: 1"], [1, 2], [1, 2, 3]),
                (4, ["one 1-2: 2", "two 3-4: 2"], [1, 2, 4], [1, 2, 3, 4]),
            ]
            for (position, batches, events, all) in expected {
                try await connection.execute(script: "set runledger.as_of = \(position)")
                #expect(
                    try await connection.column(
                        """
                        select format('%s %s-%s: %s', source, first_position, last_position, event_count)
                        from batches order by first_position
                        """, as: String.self) == batches)
                #expect(
                    try await connection.column("select position from events order by 1", as: Int64.self) == events)
                #expect(
                    try await connection.column("select position from all_events order by 1", as: Int64.self) == all)
            }
        }
    }

    @Test("Events, executions, runs and batches are bounded by when they were recorded, the first inclusive")
    func recorded() async throws {
        try await withBatches { connection async throws in
            let times = try await connection.column(
                "select recorded_at::text from batches order by first_position", as: String.self)
            func counts(_ since: String, _ until: String) async throws -> [Int64] {
                try await connection.execute(
                    script: "set runledger.recorded_since = '\(since)'; set runledger.recorded_until = '\(until)'")
                let row = try await connection.query(
                    """
                    select (select count(*) from all_events), (select count(*) from events),
                        (select count(*) from executions), (select coalesce(sum(event_count), 0)::bigint from runs),
                        (select count(*) from batches), (select count(*) from batches where gap <> 0),
                        (select count(*) from ledger_events where recorded_at = as_of_time())
                    """)[0]
                return try (0..<7).map { try row.decode($0, as: Int64.self) }
            }
            #expect(try await counts("", "") == [4, 3, 3, 3, 2, 0, 2])
            #expect(try await counts(times[1], "") == [2, 1, 1, 1, 1, 0, 2])
            #expect(try await counts("", times[1]) == [2, 2, 2, 2, 1, 0, 2])
            #expect(try await counts(times[1], times[1]) == [0, 0, 0, 0, 0, 0, 0])
        }
    }

    @Test("Reader and writer may read them, and nothing more")
    func access() async throws {
        try await withBatches { writer async throws in
            #expect(try await writer.value("select count(*) from all_events", as: Int64.self) == 4)
        }
        try await withTestLedger { ledger in
            try await connected(ledger.reader) { reader async throws in
                #expect(try await reader.value("select count(*) from batches", as: Int64.self) == 0)
                #expect(try await reader.query("select as_of_time()")[0].decode(PostgresTimestamp?.self) == nil)
                await #expect(throws: PostgresError.self) { try await reader.query("delete from batches") }
            }
        }
    }

    @Test(
        "A trend has the buckets from the one that holds its first time to the one that holds its last",
        arguments: [
            (
                "minute", "2025-01-01 23:59:30", "2025-01-02 00:01",
                ["2025-01-01 23:59", "2025-01-02 00:00", "2025-01-02 00:01"]
            ),
            ("hour", "2025-01-01 23:59", "2025-01-02 00:00", ["2025-01-01 23:00", "2025-01-02 00:00"]),
            ("day", "2025-02-28 10:00", "2025-03-01 09:00", ["2025-02-28 00:00", "2025-03-01 00:00"]),
            ("week", "2025-01-01 10:00", "2025-01-06 00:00", ["2024-12-30 00:00", "2025-01-06 00:00"]),
            (
                "month", "2025-01-31 10:00", "2025-03-01 00:00",
                ["2025-01-01 00:00", "2025-02-01 00:00", "2025-03-01 00:00"]
            ),
            ("day", "2025-01-02 00:00", "2025-01-01 00:00", []),
        ])
    func buckets(unit: String, first: String, last: String, begins: [String]) async throws {
        try await withTestLedger { ledger in
            try await connected(ledger.reader) { reader async throws in
                // Whatever the session's own time zone.
                try await reader.execute(script: "set timezone = 'Asia/Kathmandu'")
                let got = try await reader.column(
                    """
                    select to_char(bucket at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
                    from trend_buckets(\(unit), (\(first)::text || 'Z')::timestamptz, (\(last)::text || 'Z')::timestamptz)
                        as bucket
                    """, as: String.self)
                #expect(got == begins)
                for query in [
                    "select trend_buckets('minute', '2025-01-01Z', '2025-01-08Z')",
                    "select trend_buckets('year', '2025-01-01Z', '2025-01-08Z')",
                ] as [PostgresQuery] {
                    let error = await #expect(throws: PostgresError.self) { try await reader.query(query) }
                    #expect(error?.sqlState?.rawValue == "RL006")
                }
            }
        }
    }

    @Test("Going down restores the views as they were, and up brings the new ones again")
    func down() async throws {
        try await withMigrator { migrator in
            let views: PostgresQuery = """
                select viewname || ': ' || definition from pg_views
                where schemaname = \(migrator.schema) and viewname in ('events', 'executions', 'runs') order by 1
                """
            _ = try await migrator.up(to: 8)
            let (before, after) = try await connected(migrator.configuration) { connection async throws in
                let before = try await connection.column(views, as: String.self)
                #expect(try await migrator.up(to: 9).map(\.version) == [9])
                #expect(try await migrator.down(to: 8).map(\.version) == [9])
                return (before, try await connection.column(views, as: String.self))
            }
            #expect(before.count == 3)
            #expect(before == after)
            _ = try await migrator.up()
            #expect(try await migrator.verify() == [])
        }
    }
}
