import EventLedger
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// A ledger that histories are stored in.
struct HistoryLedger {
    let bench: Workbench
    let pool: PostgresPool

    private static let batchCount = 10_000

    /// Stores all of `history`, and leaves nothing for the database to do about it.
    func store(_ history: History) async throws {
        try await withBatchWriter(bench.database, pool: pool, logger: bench.logger) { writer in
            for start in stride(from: 0, to: history.eventCount, by: Self.batchCount) {
                let end = min(start + Self.batchCount, history.eventCount)
                _ = try await writer.append(history.events(start..<end))
            }
        }
        try await finish()
        try await pool.withConnection { try await $0.execute(script: "vacuum (analyze)") }
    }

    /// Stores the events of `history` with these numbers as a service does, by two producers, until they are numbered and
    /// rolled up.
    ///
    /// - Returns: events a second.
    func ingest(_ numbers: Range<Int>, of history: History) async throws -> Double {
        let producers = Self.halves(of: numbers).map { history.events($0) }
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
                try await finish()
            }
        }
        return Double(numbers.count) / time
    }

    /// Has PostgreSQL copy the same events, under other names, and take them back.
    ///
    /// - Returns: events a second.
    func copy(_ numbers: Range<Int>, of history: History) async throws -> Double {
        let producers = Self.halves(of: numbers).map { numbers in
            history.events(numbers).map { event in
                var event = event
                event.runID = "copied-" + event.runID
                return event
            }
        }
        return try await PlainCopy(bench: bench, isRolledBack: true).run(producers)
    }

    /// Numbers and rolls up what is stored.
    private func finish() async throws {
        _ = try await Ledger(pool: pool).sequence()
        try await Rollup(pool: pool).catchUp()
    }

    private static func halves(of numbers: Range<Int>) -> [Range<Int>] {
        let middle = numbers.lowerBound + numbers.count / 2
        return [numbers.lowerBound..<middle, middle..<numbers.upperBound]
    }
}
