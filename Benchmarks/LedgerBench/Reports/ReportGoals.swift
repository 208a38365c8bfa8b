import LedgerReporting
import LibPQ
import WorkflowEventsPostgres

/// The reports that have a goal, at a tenth of the events and at all of them, beside the same question as plain SQL on
/// the events; and the size of the rollups.
struct ReportGoals {
    let eventCount: Int

    private static let names = ["failures-by-node", "average-duration", "runs-with-issues", "run-summary"]

    /// - Parameters:
    ///   - small: how many seconds each report took at a tenth of the events.
    ///   - large: the same at all of them.
    func rows(
        _ questions: [ReportQuestion], small: [String: Double], large: [String: Double], over pool: PostgresPool
    ) async throws -> [ResultRow] {
        var rows: [ResultRow] = []
        for question in questions where Self.names.contains(question.definition.name) {
            let name = question.definition.name
            guard let small = small[name], let large = large[name] else { continue }
            let plain = try await plainTime(name, over: pool)
            let growth = large / small
            rows.append(
                ResultRow(
                    what: "`\(question.text)` over all of \(grouped(Double(eventCount))) events",
                    figure: "\(fixed(large * 1000, 1)) ms",
                    ceiling: "\(fixed(plain * 1000, 0)) ms, plain SQL on the events",
                    ratio: fixed(large / plain, 3), goal: "under 50 ms", isMet: large < 0.05))
            rows.append(
                ResultRow(
                    what: "the same beside ten times fewer", figure: "\(fixed(large * 1000, 1)) ms",
                    ceiling: "\(fixed(small * 1000, 1)) ms", ratio: fixed(growth), goal: "at most 2",
                    isMet: growth <= 2))
        }
        return rows + [try await size(over: pool)]
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
