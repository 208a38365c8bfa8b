import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// A question asked of the rollups and of the events.
struct RollupQuestion: CustomStringConvertible {
    let position: Int64
    private let since: Timestamp?
    private let until: Timestamp?
    private let node: String?
    private let status: String?
    private let before: Int64?
    private let limit: Int64
    private let unit: String

    init(_ history: inout RandomHistory, head: Int) {
        position = history.number(in: 0...4) == 0 ? Int64(head) : Int64(history.number(in: 0...head))
        let times = [history.time(), history.time()].sorted()
        since = history.number(in: 0...1) == 0 ? times[0] : nil
        until = history.number(in: 0...1) == 0 ? times[1] : nil
        node = history.number(in: 0...2) == 0 ? "LYRICS" : nil
        status = ["failed", "running", "completed", nil, nil, nil][history.number(in: 0...5)]
        before = history.number(in: 0...3) == 0 ? Int64(history.number(in: 1...head)) : nil
        limit = Int64(history.number(in: 1...50))
        unit = ["month", "day", "hour"][history.number(in: 0...2)]
    }

    var description: String {
        let (since, until) = (since?.rfc3339 ?? "", until?.rfc3339 ?? "")
        return "as of \(position), \(since)…\(until), node \(node ?? "any"), status \(status ?? "any"), "
            + "before \(before ?? 0), limit \(limit), by \(unit)"
    }

    /// Queries that answer nothing if the rollups agree with the events.
    var comparisons: [PostgresQuery] { [activity, runs, issues, durations] }

    private var from: PostgresTimestamp? { since.map { PostgresTimestamp($0) } }
    private var to: PostgresTimestamp? { until.map { PostgresTimestamp($0) } }

    private var activity: PostgresQuery {
        """
        with rolled as (
            select row(bucket, node, phase, sum(event_count), sum(duration_sum), min(duration_min),
                       max(duration_max), sum(issue_count), max(last_ts))::text as line
            from (select date_trunc(\(unit), at) as bucket, * from activity(\(from), \(to), \(node), \(unit))) pieces
            group by bucket, node, phase
        ), counted as (
            select row(bucket, node, phase, count(*), sum(duration_ms), min(duration_ms),
                       max(duration_ms), sum(cardinality(issues)), max(ts))::text as line
            from (select date_trunc(\(unit), ts) as bucket, * from events) events
            where (\(from)::timestamptz is null or ts >= \(from)) and (\(to)::timestamptz is null or ts < \(to))
                and (\(node)::text is null or node = \(node))
            group by bucket, node, phase
        )
        select 'activity: ' || line from rolled full join counted using (line)
        where rolled.line is null or counted.line is null
        """
    }

    private var runs: PostgresQuery {
        """
        with listed as (
            select l::text as line, row_number() over () as place
            from list_runs(\(from), \(to), \(node), \(status), \(before), \(limit)) l
        ), told as (
            select r::text as line, row_number() over (order by first_position desc) as place
            from runs r
            where (\(from)::timestamptz is null or last_ts >= \(from))
                and (\(to)::timestamptz is null or first_ts < \(to))
                and (\(status)::text is null or status = \(status))
                and (\(before)::bigint is null or first_position < \(before))
                and (\(node)::text is null
                    or exists (select from events e where e.run_id = r.run_id and e.node = \(node)))
            order by first_position desc limit \(limit)
        )
        select 'runs: ' || line from listed full join told using (line, place)
        where listed.line is null or told.line is null
        """
    }

    private var issues: PostgresQuery {
        """
        with listed as (
            select l::text as line, row_number() over () as place
            from runs_with_issues(\(from), \(to), \(node), \(limit)) l
        ), told as (
            select t::text as line, row_number() over (order by last_ts desc, run_id) as place
            from (
                select run_id, array_agg(distinct issue order by issue), count(*), min(ts), max(ts) as last_ts
                from events cross join unnest(issues) as issue
                where (\(from)::timestamptz is null or ts >= \(from)) and (\(to)::timestamptz is null or ts < \(to))
                    and (\(node)::text is null or node = \(node))
                group by run_id
            ) t
            order by last_ts desc, run_id limit \(limit)
        )
        select 'issues: ' || line from listed full join told using (line, place)
        where listed.line is null or told.line is null
        """
    }

    /// The promise of the histograms: within 1 %.
    private var durations: PostgresQuery {
        """
        select 'durations: ' || row(sketched, exact)::text
        from duration_statistics(\(from), \(to), \(node)) sketched
        full join duration_statistics(\(from), \(to), \(node), 'all', true) exact using (node)
        where (sketched.event_count, sketched.min_ms, sketched.max_ms)
                is distinct from (exact.event_count, exact.min_ms, exact.max_ms)
            or abs(sketched.mean_ms - exact.mean_ms) > 1e-9 * exact.mean_ms
            or abs(sketched.p50_ms - exact.p50_ms) > 0.01 * exact.p50_ms
            or abs(sketched.p90_ms - exact.p90_ms) > 0.01 * exact.p90_ms
            or abs(sketched.p95_ms - exact.p95_ms) > 0.01 * exact.p95_ms
            or abs(sketched.p99_ms - exact.p99_ms) > 0.01 * exact.p99_ms
        """
    }
}
