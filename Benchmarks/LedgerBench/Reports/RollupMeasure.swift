import EventLedger
import Foundation
import LibPQ
import Synchronization
import WorkflowEvents
import WorkflowEventsPostgres

/// How far rollups lag behind 20,000 events a second, and what they cost the batch writer at its full speed.
struct RollupMeasure {
    let bench: Workbench
    let pairs: Int

    private static let rate = 20_000
    private static let duration = 20
    private static let rows = 500_000

    func run() async throws -> [ResultRow] {
        let lag = try await lag()
        var alone: [Double] = []
        var beside: [Double] = []
        var backlogs: [Double] = []
        for pair in 0..<pairs {
            alone.append(try await write("ra\(pair)", isRollingUp: false).rate)
            let measured = try await write("rb\(pair)", isRollingUp: true)
            beside.append(measured.rate)
            backlogs.append(measured.backlog)
        }
        let ratio = zip(beside, alone).map { $0 / $1 }.median
        return [
            ResultRow(
                what: "rollups behind 20,000 events/s, at most", figure: "\(fixed(lag, 1)) s", ceiling: "–", ratio: "–",
                goal: "under 2 s", isMet: lag < 2),
            ResultRow(
                what: "batch writer at full speed beside rollups", figure: "\(grouped(beside.median)) rows/s",
                ceiling: "\(grouped(alone.median)) rows/s without", ratio: fixed(ratio), goal: "at least 0.6",
                isMet: ratio >= 0.6),
            ResultRow(
                what: "events not rolled up when that writer ends", figure: grouped(backlogs.median),
                ceiling: "\(grouped(Double(2 * Self.rows))) written",
                ratio: fixed(backlogs.median / Double(2 * Self.rows)),
                goal: "bounded, under 250,000", isMet: backlogs.median < 250_000),
        ]
    }

    /// The greatest age of an event that was committed and not rolled up, in seconds.
    private func lag() async throws -> Double {
        let events = bench.events(Self.rate * Self.duration, label: "rl")
        try await bench.settle()
        return try await bench.withPool { pool in
            try await Rollup(pool: pool).catchUp()
            let rollups = RollupUpkeep(pool: pool, logger: bench.logger)
            return try await withBatchWriter(
                bench.database, pool: pool, settings: .keepingPace(of: rollups), logger: bench.logger
            ) { writer in
                let upkeep = Task { await rollups.run() }
                defer { upkeep.cancel() }
                var greatest = 0.0
                let begin = ContinuousClock.now
                let step = Self.rate / 20
                for start in stride(from: 0, to: events.count, by: step) {
                    try await Task.sleep(until: begin + .milliseconds(start / step * 50))
                    _ = try await writer.append(Array(events[start..<start + step]))
                    _ = try await Ledger(pool: pool).sequence()
                    greatest = max(greatest, try await age(over: pool))
                }
                return greatest
            }
        }
    }

    private func age(over pool: PostgresPool) async throws -> Double {
        try await pool.withConnection { connection in
            try await connection.query(
                """
                select coalesce(extract(epoch from clock_timestamp() - recorded_at), 0)::float8
                from rollup left join lateral (
                    select recorded_at from event_batches
                    where first_position + event_count - 1 > rollup.position and first_position > rollup.position - 20000
                    order by first_position limit 1) batch on true
                """)[0].decode(Double.self)
        }
    }

    private func write(_ label: String, isRollingUp: Bool) async throws -> (rate: Double, backlog: Double) {
        let producers = (0..<2).map { bench.events(Self.rows, label: "\(label)-\($0)") }
        return try await bench.withPool { pool in
            _ = try await Ledger(pool: pool).sequence()
            try await Rollup(pool: pool).catchUp()
            try await bench.settle()
            let rollups = RollupUpkeep(pool: pool, logger: bench.logger)
            return try await withBatchWriter(
                bench.database, pool: pool, settings: .keepingPace(of: rollups), logger: bench.logger
            ) { writer in
                let upkeep = Task {
                    if isRollingUp {
                        await rollups.runNumbering(over: pool)
                    } else {
                        await Ledger(pool: pool).advanceUntilCancelled()
                    }
                }
                let time = try await seconds {
                    try await writer.append(producers, batchCount: 10_000)
                }
                upkeep.cancel()
                await upkeep.value
                _ = try await Ledger(pool: pool).sequence()
                return (Double(2 * Self.rows) / time, Double(try await Rollup(pool: pool).backlog()))
            }
        }
    }
}

extension BatchWriter.Settings {
    /// Those of a writer that keeps the pace of `rollups`, as a service's does.
    static func keepingPace(of rollups: RollupUpkeep) -> BatchWriter.Settings {
        var settings = BatchWriter.Settings()
        settings.onCommit = { rollups.committed($0) }
        settings.pace = { await rollups.keepPace() }
        return settings
    }
}

extension RollupUpkeep {
    /// Rolls up until cancelled, and gives positions meanwhile as a service does, which is what rollups go by.
    func runNumbering(over pool: PostgresPool) async {
        async let numbering: Void = Ledger(pool: pool).advanceUntilCancelled()
        await run()
        await numbering
    }
}

extension Ledger {
    /// Gives positions as often as a service without subscribers does.
    func advanceUntilCancelled() async {
        while !Task.isCancelled {
            _ = try? await advance()
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}
