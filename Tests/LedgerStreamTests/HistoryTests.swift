import EventLedger
import LedgerService
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("The history of a stream", .timeLimit(.minutes(10)))
struct HistoryTests {
    @Test("A long run between others is read once, in order and without a gap")
    func longRun() async throws {
        try await withTestLedger { ledger in
            let count = 20_000
            // With statistics, of which nobody knows when they come, the planner reads so small a table by its BRIN index.
            try await ledger.withAdministrator { connection in
                try await connection.execute(
                    script: """
                        select ensure_partition('2025-11-18');
                        alter table workflow_events_2025_11 set (autovacuum_enabled = off);
                        alter table event_batches set (autovacuum_enabled = off);
                        """)
            }
            try await ledger.withWriter { writer in
                for first in stride(from: 0, to: count, by: 500) {
                    // The ts of a batch say nothing of its place, as where a spool is sent late.
                    let start = first % 1000 == 0 ? first + 500 : first - 500
                    _ = try await writer.append(
                        numberedEvents(start..<start + 500, runID: "long"), source: "tests", policy: .whole)
                    _ = try await writer.append(
                        numberedEvents(first..<first + 50, runID: "other"), source: "tests", policy: .whole)
                }
            }
            // So that the service has nothing to roll up, which reads events as well.
            try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                _ = try await Ledger(pool: pool).sequence()
                try await Rollup(pool: pool).catchUp()
            }
            try await ledger.wait(until: Self.everybodyHasLeft)
            try await ledger.withAdministrator { _ = try await $0.query("select pg_stat_reset()") }
            try await ledger.withService { service in
                let events = try await WebSocketClient.connect(service, "/v1/stream?after=0&run_id=long") {
                    try await $0.history()
                }
                #expect(events.count == count)
                #expect(Set(events.map(\.duration_ms)).count == count)
                let positions = events.compactMap(\.position)
                #expect(positions == positions.sorted() && positions.last == Int64(count + count / 10 - 50))
                let rest = try await WebSocketClient.connect(
                    service, "/v1/stream?after=\(positions[10_000])&run_id=long&phase=end"
                ) {
                    try await $0.history()
                }
                #expect(rest == Array(events[10_001...]))
            }
            try await ledger.wait(until: Self.everybodyHasLeft)
            let readCount = try await ledger.value(
                """
                select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint
                from pg_stat_user_tables where relname like 'workflow_events%'
                """, as: Int64.self)
            #expect(readCount < 8 * Int64(count))
        }
    }

    /// What a connection has read counts once its server process has ended.
    private static let everybodyHasLeft: PostgresQuery = """
        select not exists (select from pg_stat_activity
                           where datname = current_database() and backend_type = 'client backend'
                             and pid <> pg_backend_pid())
        """

    @Test("Pages hold about a megabyte, however long the events are, and together everything")
    func pages() async throws {
        try await withTestLedger { ledger in
            let long = numberedEvents(0..<40).map { event in
                var event = event
                event.issues = Array(repeating: String(repeating: "x", count: 8000), count: 25)
                return event
            }
            try await ledger.withWriter { writer in
                for first in stride(from: 0, to: 40, by: 10) {
                    _ = try await writer.append(
                        Array(long[first..<first + 10]), source: "tests", policy: .whole)
                }
                _ = try await writer.append(numberedEvents(40..<340), source: "tests", policy: .whole)
            }
            try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
                let sequencer = Ledger(pool: pool)
                let head = try await sequencer.sequence()
                let filters = [
                    EventFilter(), EventFilter(nodes: [.lyrics]), EventFilter(runIDs: ["r1"]),
                    EventFilter(runIDs: ["r1"], phases: [.end]),
                ]
                for (filter, hasLongRuns) in filters.map({ ($0, false) }) + [(filters[2], true), (filters[3], true)] {
                    var (position, numbers): (Int64, [Int]) = (0, [])
                    while position < head {
                        let page = try await sequencer.history(
                            filter, after: position, through: head, limit: 1000, maximumBytes: 1 << 20,
                            hasLongRuns: hasLongRuns)
                        #expect(page.events.reduce(0) { $0 + $1.event.json.utf8.count } < 1_300_000)
                        #expect(page.end > position)
                        numbers += page.events.map(\.event.durationMS)
                        position = page.end
                    }
                    #expect(numbers == Array(0..<340))
                }
            }
        }
    }
}
