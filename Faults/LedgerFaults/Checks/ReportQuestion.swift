/// A report, and how its rows are counted again with nothing but the events.
struct ReportQuestion: Sendable {
    let arguments: [String]
    /// One text: the rows as a JSON array.
    let recount: String

    var name: String { arguments.joined(separator: " ") }

    static let all = [
        ReportQuestion(arguments: ["failures-by-node"], recount: failuresByNode),
        ReportQuestion(arguments: ["average-duration", "--exact"], recount: averageDuration(percentiles)),
        ReportQuestion(arguments: ["average-duration"], recount: averageDuration("")),
        ReportQuestion(arguments: ["runs-with-issues", "--limit", "1000"], recount: runsWithIssues(1000)),
        ReportQuestion(arguments: ["runs-with-issues", "--limit", "10000"], recount: runsWithIssues(10_000)),
    ]

    private static func time(_ column: String) -> String {
        #"to_char(\#(column) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"#
    }

    private static let failuresByNode = """
        select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text from (
            select node, count(*) filter (where phase = 'fail') as failures, count(*) as executions,
                (count(*) filter (where phase = 'fail'))::float8 / count(*) as rate,
                \(time("max(ts) filter (where phase = 'fail')")) as last_ts,
                (select f.issues[cardinality(f.issues)]
                 from workflow_events f join event_batches b on b.id = f.batch_id
                 where f.node = e.node and f.phase = 'fail'
                 order by f.ts desc, b.first_position + f.ordinal desc limit 1) as last_message
            from workflow_events e
            where phase <> 'start' and node not like 'runledger.%'
            group by node
            order by failures desc, node
        ) t
        """

    private static let percentiles = """
        , percentile_cont(0.5) within group (order by duration_ms) as p50_ms,
        percentile_cont(0.9) within group (order by duration_ms) as p90_ms,
        percentile_cont(0.95) within group (order by duration_ms) as p95_ms,
        percentile_cont(0.99) within group (order by duration_ms) as p99_ms
        """

    private static func averageDuration(_ more: String) -> String {
        """
        select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text from (
            select node, count(*) as count, avg(duration_ms)::float8 as mean_ms, min(duration_ms) as min_ms,
                max(duration_ms) as max_ms \(more)
            from workflow_events
            where phase = 'end' and node not like 'runledger.%'
            group by node
            order by mean_ms desc, node
        ) t
        """
    }

    private static func runsWithIssues(_ limit: Int) -> String {
        """
        select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text from (
            select run_id, array_agg(distinct issue order by issue) as issues, count(*) as issue_count,
                \(time("min(ts)")) as first_ts, \(time("max(ts)")) as last_ts
            from workflow_events cross join unnest(issues) as issue
            where node not like 'runledger.%'
            group by run_id
            order by max(ts) desc, run_id
            limit \(limit)
        ) t
        """
    }
}
