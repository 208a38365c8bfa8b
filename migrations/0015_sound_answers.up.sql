-- Answers that hold whatever is stored and however they are asked: executions of any duration have a beginning, lists of
-- runs keep to bounds of recording from the first event on, and a report can tell which window it chose.

-- The beginning of what ended at a time and took so long: not before the year 1, whose dates everybody can read.
create function execution_start(ended timestamptz, duration_ms bigint) returns timestamptz
language sql stable parallel safe as $$
    select greatest(
        least(ended, '0001-01-01 00:00:00+00'),
        -- 4,000 years, within which every time that an event may carry can be reckoned with.
        ended - least(duration_ms, 126000000000000) * interval '1 millisecond')
$$;

comment on function execution_start(timestamptz, bigint) is 'when an execution began whose end alone was seen';

create or replace view executions as
    with stepped as (
        select *, phase = 'start' as is_start,
            sum(case phase when 'start' then 1 else -1 end) over earlier as balance,
            count(*) filter (where phase = 'start') over earlier as start_count,
            count(*) filter (where phase <> 'start') over earlier as close_count
        from events
        window earlier as (
            partition by run_id, node, execution_id
            order by (execution_id is not null and phase <> 'start'), ts, position
            rows unbounded preceding)
    ), bounded as (
        select *, least(0, min(balance) over (
                partition by run_id, node, execution_id
                order by (execution_id is not null and phase <> 'start'), ts, position
                rows between unbounded preceding and 1 preceding)) as lowest
        from stepped
    ), paired as (
        select *, case when is_start then start_count when balance < lowest then balance else close_count + lowest end
                as pair
        from bounded
    )
    select run_id, node, execution_id,
        coalesce(
            min(ts) filter (where is_start),
            execution_start(min(ts), min(duration_ms))) as started_at,
        min(ts) filter (where not is_start) as ended_at,
        min(phase) filter (where not is_start) as phase,
        min(duration_ms) filter (where not is_start) as duration_ms,
        coalesce(min(issues) filter (where is_start), '{}')
            || coalesce(min(issues) filter (where not is_start), '{}') as issues,
        coalesce((array_agg(metrics) filter (where is_start))[1], '{}')
            || coalesce((array_agg(metrics) filter (where not is_start))[1], '{}') as metrics,
        coalesce(min(service) filter (where not is_start), min(service)) as service,
        min(position) filter (where is_start) as start_position,
        min(position) filter (where not is_start) as end_position
    from paired
    group by run_id, node, execution_id, pair;

comment on view executions is
    'one row an execution: a start and its end or fail. phase is null while it runs, start_position if none was seen';

create or replace function list_runs(
    since timestamptz, until timestamptz, of_node text, of_status text, before bigint, maximum bigint)
returns setof runs
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan set jit = off as $$
declare
    bound bigint := least(as_of(), (select r.position from rollup r));
    overtaken text[];
    wanted text[];
begin
    if (select segment_end from rollup_reach()) = 0 and coalesce(current_setting('runledger.recorded_since', true), '')
        || coalesce(current_setting('runledger.recorded_until', true), '') <> '' then
        return query
            select * from runs r
            where (before is null or r.first_position < before) and (of_status is null or r.status = of_status)
                and (since is null or r.last_ts >= since) and (until is null or r.first_ts < until)
                and (of_node is null or exists (select from events e where e.run_id = r.run_id and e.node = of_node))
            order by r.first_position desc limit maximum;
        return;
    end if;

    with o as materialized (select * from overtaken_runs())
    select coalesce((select array_agg(o.run_id) from o), '{}'),
        coalesce((
            select array_agg(w.run_id) from (
                select o.run_id from o
                where before is null or o.first_position < before
                order by o.first_position desc
                -- Without a condition that the whole run must be known for, no more of them can be among the first.
                limit case when coalesce(since, until) is null and coalesce(of_node, of_status) is null then maximum end
            ) w), '{}')
        into overtaken, wanted;

    return query
        select * from (
            (select s.run_id,
                case s.status when 'r' then 'running' when 'f' then 'failed' when 'c' then 'completed' else 'idle' end,
                s.nodes_done::bigint, s.executions::bigint, s.failures::bigint, s.issue_count::bigint,
                s.event_count::bigint, s.first_ts, s.last_ts, s.first_position, s.last_position
            from run_summaries s
            where (before is null or s.first_position < before) and s.last_position <= bound
                and s.run_id <> all (overtaken)
                and (of_status is null or s.status = left(of_status, 1)::"char")
                and (since is null or s.last_ts >= since) and (until is null or s.first_ts < until)
                and (of_node is null or exists (
                    select from events e
                    where e.run_id = s.run_id and e.ts between s.first_ts and s.last_ts and e.node = of_node))
            order by s.first_position desc limit maximum)
            union all
            (select r.* from runs r
            where r.run_id = any (wanted)
                and (before is null or r.first_position < before) and (of_status is null or r.status = of_status)
                and (since is null or r.last_ts >= since) and (until is null or r.first_ts < until)
                and (of_node is null or exists (select from events e where e.run_id = r.run_id and e.node = of_node)))
        ) listed
        order by first_position desc limit maximum;
end
$$;

-- For a report that chooses a window itself, so that its answer says which.
create function resolved_parameter(name text, value timestamptz) returns timestamptz
language plpgsql as $$
begin
    perform set_config('runledger.parameters', (
        coalesce(nullif(current_setting('runledger.parameters', true), ''), '{}')::jsonb
            || jsonb_build_object(name, (extract(epoch from value) * 1000000)::bigint))::text, true);
    return value;
end
$$;

comment on function resolved_parameter(text, timestamptz) is
    'the value; runledger.parameters, a JSON object, then holds it under the name, in microseconds since 1970';
