import EventLedger
import Foundation
import LedgerReporting
import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// The measured reports over 90 days, at a tenth of the events and at all of them, beside the same question as plain SQL
/// on the events; and the size of the rollups.
struct ReportMeasure {
    let bench: Workbench
    let eventCount: Int

    private static let batchCount = 10_000
    private static let repetitions = 9
    private static let reports: [(name: String, limit: Int64?)] = [
        ("failures-by-node", nil), ("average-duration", nil), ("runs-with-issues", 100), ("run-summary", 100),
    ]

    func run() async throws -> [ResultRow] {
        let history = History(bench: bench, eventCount: eventCount)
        return try await bench.withPool { pool in
            try await load(history, 0..<eventCount / 10, over: pool)
            let small = try await answer(over: pool)
            try await load(history, eventCount / 10..<eventCount, over: pool)
            let large = try await answer(over: pool)
            var rows: [ResultRow] = []
            for (index, report) in Self.reports.enumerated() {
                let plain = try await plainTime(report.name, over: pool)
                let growth = large[index] / small[index]
                let name = report.limit.map { "\(report.name) --limit \($0)" } ?? report.name
                rows.append(
                    ResultRow(
                        what: "`\(name)` over all of \(grouped(Double(eventCount))) events",
                        figure: "\(fixed(large[index] * 1000, 1)) ms",
                        ceiling: "\(fixed(plain * 1000, 0)) ms, plain SQL on the events",
                        ratio: fixed(large[index] / plain, 3), goal: "under 50 ms", isMet: large[index] < 0.05))
                rows.append(
                    ResultRow(
                        what: "the same beside ten times fewer", figure: "\(fixed(large[index] * 1000, 1)) ms",
                        ceiling: "\(fixed(small[index] * 1000, 1)) ms", ratio: fixed(growth), goal: "at most 2",
                        isMet: growth <= 2))
            }
            return rows + [try await size(over: pool)]
        }
    }

    private func load(_ history: History, _ range: Range<Int>, over pool: PostgresPool) async throws {
        try await withBatchWriter(bench.database, pool: pool, logger: bench.logger) { writer in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.batchCount) {
                _ = try await writer.append(history.events(start..<min(start + Self.batchCount, range.upperBound)))
            }
        }
        _ = try await Ledger(pool: pool).sequence()
        try await Rollup(pool: pool).catchUp()
        try await pool.withConnection { try await $0.execute(script: "vacuum (analyze)") }
    }

    /// The median time of each report, warm, as a caller sees it.
    private func answer(over pool: PostgresPool) async throws -> [Double] {
        let runner = ReportRunner(pool: pool)
        var medians: [Double] = []
        for report in Self.reports {
            let definition = try ReportCatalogue.builtIn().report(report.name)
            let arguments = report.limit.map { ["limit": ReportValue.integer($0)] } ?? [:]
            var times: [Double] = []
            for _ in 0...Self.repetitions {
                times.append(try await seconds { _ = try await runner.run(definition, arguments) })
            }
            medians.append(Array(times.dropFirst()).median)
        }
        return medians
    }

    private func plainTime(_ name: String, over pool: PostgresPool) async throws -> Double {
        let sql = Self.plain[name] ?? ""
        return try await pool.withConnection { connection in
            var times: [Double] = []
            for _ in 0..<2 {
                times.append(try await seconds { _ = try await connection.query(PostgresQuery(unsafeSQL: sql)) })
            }
            return times[1]
        }
    }

    private static let plain = [
        "failures-by-node": """
        select node, count(*) filter (where phase = 'fail'), count(*), max(ts) filter (where phase = 'fail')
        from workflow_events where phase <> 'start' group by node
        """,
        "average-duration": """
        select node, count(*), avg(duration_ms), min(duration_ms), max(duration_ms),
               percentile_cont(array[0.5, 0.9, 0.95, 0.99]) within group (order by duration_ms)
        from workflow_events where phase = 'end' group by node
        """,
        "runs-with-issues": """
        select run_id, array_agg(distinct issue), count(*), min(ts), max(ts)
        from workflow_events cross join unnest(issues) as issue where issues <> '{}'
        group by run_id order by max(ts) desc limit 100
        """,
        "run-summary": """
        select run_id, count(*), count(*) filter (where phase = 'fail'), sum(cardinality(issues)), min(ts), max(ts)
        from workflow_events group by run_id order by min(ts) desc limit 100
        """,
    ]

    private func size(over pool: PostgresPool) async throws -> ResultRow {
        let (events, rollups) = try await pool.withConnection { connection in
            try await connection.query(
                """
                select (select sum(pg_total_relation_size(relid)) from pg_partition_tree('workflow_events'))::float8,
                       (pg_total_relation_size('rollup_cells') + pg_total_relation_size('run_summaries'))::float8
                """)[0].decode(Double.self, Double.self)
        }
        return ResultRow(
            what: "rollups and run summaries, runs of 17 events", figure: "\(fixed(rollups / 1e6, 0)) MB",
            ceiling: "\(fixed(events / 1e6, 0)) MB of events", ratio: fixed(rollups / events, 3),
            goal: "at most 0.05", isMet: rollups <= 0.05 * events)
    }
}
