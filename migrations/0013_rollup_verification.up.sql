-- Reckons the rollups anew and compares.

create function verify_rollups() returns table (kind text, key text, stored text, reckoned text)
language plpgsql volatile
set search_path from current set timezone = 'UTC' set plan_cache_mode = force_custom_plan set work_mem = '256MB' as $$
begin
    perform set_config('runledger.as_of', (select position::text from rollup), true),
        set_config('runledger.recorded_since', '', true), set_config('runledger.recorded_until', '', true);
    return query
        with units (span, unit) as (values ('h'::"char", 'hour'), ('d', 'day'), ('m', 'month')),
        steps as (
            select u.span, date_trunc(u.unit, e.ts) as bucket, e.node, e.phase,
                ((e.position - 1) >> (select segment_bits from rollup))::int as segment,
                case when e.phase <> 'start' then sketch_bucket(e.duration_ms) end as step, count(*) as number,
                sum(e.duration_ms) as duration_sum, min(e.duration_ms) as duration_min,
                max(e.duration_ms) as duration_max,
                sum(cardinality(e.issues)) as issue_count, max(e.ts) as last_ts
            from events e cross join units u
            group by 1, 2, 3, 4, 5, 6
        ), reckoned as (
            select span, bucket, node, phase, segment, row(
                sum(number)::int, sum(duration_sum), min(duration_min), max(duration_max), sum(s.issue_count)::int,
                max(last_ts), coalesce(array_agg(step order by step) filter (where step is not null), '{}'),
                coalesce(array_agg(number::int order by step) filter (where step is not null), '{}'))::text as content
            from steps s
            group by 1, 2, 3, 4, 5
        ), stored as (
            select span, bucket, node, phase, segment, row(
                event_count, duration_sum, duration_min, duration_max, c.issue_count, last_ts, sketch_buckets,
                sketch_counts)::text as content
            from rollup_cells c
        )
        select 'cell', format('%s %s %s %s, segment %s', span, bucket, node, phase, segment), s.content, r.content
        from stored s full join reckoned r using (span, bucket, node, phase, segment)
        where s.content is distinct from r.content;
    return query
        with reckoned as (
            select r.run_id, row(
                r.first_position, r.last_position, r.first_ts, r.last_ts, i.first_ts, i.last_ts, r.event_count,
                r.executions, r.failures, r.issue_count, r.nodes_done, r.status)::text as content
            from runs r left join (
                select e.run_id, min(e.ts) as first_ts, max(e.ts) as last_ts from events e where e.issues <> '{}'
                group by e.run_id
            ) i using (run_id)
        ), stored as (
            select s.run_id, row(
                s.first_position, s.last_position, s.first_ts, s.last_ts, s.first_issue_ts, s.last_issue_ts,
                s.event_count, s.executions, s.failures, s.issue_count, s.nodes_done,
                case s.status when 'r' then 'running' when 'f' then 'failed' when 'c' then 'completed' else 'idle' end
            )::text as content
            from run_summaries s
        )
        select 'run', run_id, s.content, r.content
        from stored s full join reckoned r using (run_id)
        where s.content is distinct from r.content;
    perform set_config('runledger.as_of', '', true);
end
$$;

comment on function verify_rollups() is 'where the rollups differ from what the events add up to: nowhere';
