import EventLedger
import LedgerTestSupport
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

extension TestLedger {
    /// Runs `body` while another session, which nothing here knows of, has a transaction open in which it has written.
    func withForeignTransaction<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await withAdministrator { connection in
            _ = try await connection.execute("create table public.foreign_rows (value int)")
            _ = try await connection.execute("begin")
            _ = try await connection.execute("insert into public.foreign_rows values (1)")
            let value = try await body()
            _ = try await connection.execute("commit")
            return value
        }
    }

    /// Lets `writerCount` writers store `batchCount` batches of 1 to 5 events each, at the same time.
    ///
    /// - Returns: how many events they stored.
    func writeConcurrently(writerCount: Int, batchCount: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<writerCount {
                group.addTask {
                    try await withCommitter { committer in
                        var count = 0
                        for batch in 0..<batchCount {
                            let events = numberedEvents(count..<count + batch % 5 + 1, runID: "writer-\(writer)")
                            for result in await committer.store([AppendRequest(events)]) {
                                count += try result.get().acceptedCount
                            }
                        }
                        return count
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }
}

/// Checks that `events` are the whole history from position 1, and each writer's in the order in which it wrote them.
func isCompleteHistory(_ events: [StoredEvent], count: Int) -> Bool {
    let positions = events.map(\.position)
    let numbers = Dictionary(grouping: events, by: \.event.runID).values.map { $0.map(\.event.durationMS) }
    return positions == (0..<count).map { Int64($0) + 1 } && numbers.allSatisfy { $0 == Array(0..<$0.count) }
}

extension TestLedger {
    /// Makes segments short and percentiles sketched, so that a short history has much of both.
    func useSmallSegments() async throws {
        _ = try await withAdministrator {
            try await $0.execute("update rollup set segment_bits = 5, exact_maximum = 0")
        }
    }

    /// Runs `body` with a pool of the role that stores events.
    func withWriterPool<Value: Sendable>(_ body: (PostgresPool) async throws -> Value) async throws -> Value {
        try await withLedgerPool(database, logger: TestLedger.logger, body)
    }

    /// Runs `body` with a pool of a superuser.
    func withOwnerPool<Value: Sendable>(_ body: (PostgresPool) async throws -> Value) async throws -> Value {
        try await withLedgerPool(database(as: administrator), logger: TestLedger.logger, body)
    }

    /// Stores `events` in one batch.
    func store(_ events: [WorkflowEvent], over pool: PostgresPool) async throws {
        let committer = BatchCommitter(database: database, pool: pool, logger: TestLedger.logger)
        for result in await committer.store([AppendRequest(events)]) { _ = try result.get() }
    }

    /// Ends the sessions that are rolling up.
    func killRollers() async throws {
        _ = try await withAdministrator {
            try await $0.execute(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where query like '%roll_up%' and state = 'active' and pid <> pg_backend_pid()
                    and datname = current_database()
                """)
        }
    }
}
