-- Runs from their summaries as far as those reach, from the events for the rest, exact as of as_of().

create or replace view runs as
    with latest as (
        select *, row_number() over (
                partition by run_id, node
                order by started_at desc, coalesce(start_position, end_position) desc) as recency
        from executions
    ), nodes as (
        select run_id, node,
            count(*) as executions,
            count(start_position) > count(end_position) as is_running,
            min(phase) filter (where recency = 1) as latest_phase,
            count(*) filter (where phase = 'end') > 0 as has_ended,
            count(*) filter (where phase = 'fail') as failures,
            sum(cardinality(issues)) as issue_count,
            count(start_position) + count(end_position) as event_count,
            min(least(case when start_position is not null then started_at end, ended_at)) as first_ts,
            max(greatest(case when start_position is not null then started_at end, ended_at)) as last_ts,
            min(least(start_position, end_position)) as first_position,
            max(greatest(start_position, end_position)) as last_position
        from latest
        group by run_id, node
    )
    select run_id,
        case
            when bool_or(is_running) then 'running'
            when bool_or(latest_phase = 'fail') then 'failed'
            when bool_or(has_ended and node = (select last_node from ledger)) then 'completed'
            else 'idle'
        end as status,
        count(*) filter (where latest_phase = 'end') as nodes_done,
        sum(executions)::bigint as executions,
        sum(failures)::bigint as failures,
        sum(issue_count)::bigint as issue_count,
        sum(event_count)::bigint as event_count,
        min(first_ts) as first_ts,
        max(last_ts) as last_ts,
        min(first_position) as first_position,
        max(last_position) as last_position
    from nodes
    group by run_id;

comment on view runs is 'one row a run. The workflow''s last node is ledger.last_node, REVIEW unless set';

-- Summaries that events behind the rollup, or behind the position asked for, have overtaken.
create function overtaken_runs() returns table (run_id text, first_position bigint, last_issue_ts timestamptz)
language plpgsql stable rows 1000
set search_path from current set plan_cache_mode = force_custom_plan set enable_seqscan = off as $$
declare
    rolled bigint := (select r.position from rollup r);
    wanted bigint := as_of();
    first_batch bigint;
    earliest timestamptz;
    latest timestamptz;
begin
    if wanted < rolled then
        return query
            select s.run_id, s.first_position, s.last_issue_ts from run_summaries s
            where s.first_position <= wanted and s.last_position > wanted;
        return;
    end if;
    first_batch := coalesce((
        select b.first_position from event_batches b
        where b.first_position <= rolled + 1 order by b.first_position desc limit 1), 0);
    select min(b.ts_min), max(b.ts_max) into earliest, latest from event_batches b
        where b.first_position between first_batch and wanted;
    return query
        select t.run_id, coalesce(s.first_position, t.first_position), greatest(s.last_issue_ts, t.last_issue_ts)
        from (
            select e.run_id, min(b.first_position + e.ordinal) as first_position,
                max(e.ts) filter (where e.issues <> '{}') as last_issue_ts
            from event_batches b cross join lateral (
                select * from workflow_events e
                where e.batch_id = b.id and e.ts between b.ts_min and b.ts_max and e.ts between earliest and latest
                    and e.ordinal > rolled - b.first_position and e.ordinal <= wanted - b.first_position
                    and e.node not like 'runledger.%'
                offset 0
            ) e
            where b.first_position between first_batch and wanted
            group by e.run_id
        ) t left join lateral (select * from run_summaries s where s.run_id = t.run_id offset 0) s on true;
end
$$;

comment on function overtaken_runs() is 'the runs whose summary does not tell how they stand as of as_of()';

create function list_runs(
    since timestamptz, until timestamptz, of_node text, of_status text, before bigint, maximum bigint)
returns setof runs
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan set jit = off as $$
declare
    bound bigint := least(as_of(), (select r.position from rollup r));
    overtaken text[];
    wanted text[];
begin
    if (select segment_end from rollup_reach()) = 0 and bound > 0
        and coalesce(current_setting('runledger.recorded_since', true), '')
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

comment on function list_runs(timestamptz, timestamptz, text, text, bigint, bigint) is
    'the runs that pass, newest first by first position: at most so many, of those before a position';

create function runs_with_issues(since timestamptz, until timestamptz, of_node text, maximum bigint)
returns table (run_id text, issues text[], issue_count bigint, first_ts timestamptz, last_ts timestamptz)
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan set jit = off as $$
declare
    bound bigint := least(as_of(), (select r.position from rollup r));
    overtaken text[];
    wanted text[];
begin
    -- Summaries know when a run raised its last issue, in any node; to look up many runs one by one takes longer.
    if until is not null or of_node is not null or coalesce(maximum, 1001) > 1000
        or (select segment_end from rollup_reach()) = 0 then
        return query
            select e.run_id, array_agg(distinct issue order by issue), count(*), min(e.ts), max(e.ts)
            from events e cross join unnest(e.issues) as issue
            where e.issues <> '{}' and (since is null or e.ts >= since) and (until is null or e.ts < until)
                and (of_node is null or e.node = of_node)
            group by e.run_id
            order by max(e.ts) desc, e.run_id limit maximum;
        return;
    end if;

    with o as materialized (select * from overtaken_runs())
    select coalesce((select array_agg(o.run_id) from o), '{}'),
        coalesce((
            select array_agg(w.run_id) from (
                select o.run_id from o
                where o.last_issue_ts is not null and (since is null or o.last_issue_ts >= since)
                -- What was overtaken by a position behind as_of() may have raised its last issue earlier.
                order by o.last_issue_ts desc, o.run_id
                limit case when as_of() >= (select r.position from rollup r) then maximum end
            ) w), '{}')
        into overtaken, wanted;

    return query
        select c.run_id, i.issues, i.issue_count, i.first_ts, i.last_ts
        from (
            (select s.run_id from run_summaries s
            where s.issue_count > 0 and s.last_position <= bound and s.run_id <> all (overtaken)
                and (since is null or s.last_issue_ts >= since)
            order by s.last_issue_ts desc, s.run_id limit maximum)
            union all
            select unnest(wanted)
        ) c cross join lateral (
            select array_agg(distinct issue order by issue) as issues, count(*) as issue_count, min(e.ts) as first_ts,
                max(e.ts) as last_ts
            from (
                select e.ts, e.issues from events e
                where e.run_id = c.run_id and e.issues <> '{}' and (since is null or e.ts >= since)
                offset 0
            ) e cross join unnest(e.issues) as issue
        ) i
        where i.issue_count > 0
        order by i.last_ts desc, c.run_id limit maximum;
end
$$;

comment on function runs_with_issues(timestamptz, timestamptz, text, bigint) is
    'the runs that raised issues in a window, latest first: their distinct issues and how many there were';
