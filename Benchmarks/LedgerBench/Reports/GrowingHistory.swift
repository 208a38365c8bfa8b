import EventLedger
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// A ledger into which a history is stored from its beginning, further each time.
struct GrowingHistory {
    let history: History
    let bench: Workbench
    /// How many of its events are stored, numbered and rolled up.
    private(set) var eventCount = 0

    private static let batchCount = 10_000

    init(_ history: History) {
        self.history = history
        self.bench = history.bench
    }

    /// Stores up to event `count`, and leaves nothing for the database to do about it.
    mutating func grow(to count: Int, over pool: PostgresPool) async throws {
        try await withBatchWriter(bench.database, pool: pool, logger: bench.logger) { writer in
            for start in stride(from: eventCount, to: count, by: Self.batchCount) {
                _ = try await writer.append(history.events(start..<min(start + Self.batchCount, count)))
            }
        }
        _ = try await Ledger(pool: pool).sequence()
        try await Rollup(pool: pool).catchUp()
        eventCount = count
        try await tidy(pool)
    }

    /// Stores the next `count` events as a service does, by two producers, until they are numbered and rolled up.
    ///
    /// - Returns: events a second.
    mutating func ingest(_ count: Int, over pool: PostgresPool) async throws -> Double {
        let middle = eventCount + count / 2
        let producers = [history.events(eventCount..<middle), history.events(middle..<eventCount + count)]
        try await bench.settle()
        let rollups = RollupUpkeep(pool: pool, logger: bench.logger)
        let time = try await withBatchWriter(
            bench.database, pool: pool, settings: .keepingPace(of: rollups), logger: bench.logger
        ) { writer in
            let upkeep = Task { await rollups.runNumbering(over: pool) }
            defer { upkeep.cancel() }
            return try await seconds {
                try await writer.append(producers, batchCount: Self.batchCount)
                upkeep.cancel()
                await upkeep.value
                _ = try await Ledger(pool: pool).sequence()
                try await Rollup(pool: pool).catchUp()
            }
        }
        eventCount += count
        return Double(count) / time
    }

    /// Has PostgreSQL copy the last `count` events once more, under other names, and take them back.
    ///
    /// - Returns: events a second.
    func copy(_ count: Int) async throws -> Double {
        let middle = eventCount - count / 2
        let producers = [eventCount - count..<middle, middle..<eventCount].map { numbers in
            history.events(numbers).map { event in
                var event = event
                event.runID = "copied-" + event.runID
                return event
            }
        }
        return try await PlainCopy(bench: bench, isRolledBack: true).run(producers)
    }

    private func tidy(_ pool: PostgresPool) async throws {
        try await pool.withConnection { try await $0.execute(script: "vacuum (analyze)") }
    }
}
