select reset_rollups();
update rollup set segment_bits = 20;
alter table rollup drop constraint rollup_segment_bits, alter segment_bits set default 20;
alter table rollup add constraint rollup_segment_bits check (segment_bits between 1 and 20);
alter table run_summaries set (fillfactor = 80);
alter table rollup_cells reset (toast_tuple_target);
alter table rollup_cells alter sketch_buckets set storage extended, alter sketch_counts set storage extended;

create or replace function roll_up(maximum bigint default 100000) returns bigint
language plpgsql security definer
set search_path from current set timezone = 'UTC' set plan_cache_mode = force_custom_plan
set enable_seqscan = off set jit = off set work_mem = '64MB' as $$
declare
    start bigint := (select position from rollup);
    bits smallint;
    head bigint := (
        select first_position + event_count - 1 from event_batches
        where first_position is not null order by first_position desc limit 1);
    stop bigint;
    this_segment integer;
    first_batch bigint;
    earliest timestamptz;
    latest timestamptz;
    final_node text := (select last_node from ledger);
    involved text[];
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'roll_up() needs a transaction at isolation level read committed' using
            errcode = 'RL003', hint = 'Call it by itself, outside a transaction.';
    end if;

    -- With nothing to do, nothing is locked or written.
    if head is null or start >= head then
        return 0;
    end if;
    select position, segment_bits into start, bits from rollup for no key update skip locked;
    if not found then
        return null;
    end if;
    stop := least(start + maximum, ((start >> bits) + 1) << bits, head);
    if stop <= start then
        return 0;
    end if;
    this_segment := start >> bits;
    select first_position into first_batch from event_batches
        where first_position <= start + 1 order by first_position desc limit 1;
    select min(ts_min), max(ts_max) into earliest, latest
        from event_batches where first_position between first_batch and stop;

    with stretch as materialized (
        select b.first_position + e.ordinal as position, e.run_id, e.ts, e.node, e.phase, e.duration_ms,
            e.execution_id, cardinality(e.issues) as issue_count
        from event_batches b cross join lateral (
            select * from workflow_events e
            where e.batch_id = b.id and e.ts between b.ts_min and b.ts_max and e.ts between earliest and latest
                and e.ordinal > start - b.first_position and e.ordinal <= stop - b.first_position
                and e.node not like 'runledger.%'
            offset 0
        ) e
        where b.first_position between first_batch and stop
    ), counted as materialized (
        select date_bin('1 hour', ts, 'epoch') as bucket, node, phase,
            case when phase <> 'start' then sketch_bucket(duration_ms) end as sketch_bucket,
            count(*) as event_count, sum(duration_ms) as duration_sum, min(duration_ms) as duration_min,
            max(duration_ms) as duration_max, sum(issue_count) as issue_count, max(ts) as last_ts
        from stretch
        group by 1, 2, 3, 4
    ), spans as (
        select 'h'::"char" as span, * from counted
        union all
        select 'd', date_bin('1 day', bucket, 'epoch'), node, phase, sketch_bucket, sum(event_count), sum(duration_sum),
            min(duration_min), max(duration_max), sum(issue_count), max(last_ts)
        from counted
        group by 2, 3, 4, 5
        union all
        select 'm', date_trunc('month', bucket), node, phase, sketch_bucket, sum(event_count), sum(duration_sum),
            min(duration_min), max(duration_max), sum(issue_count), max(last_ts)
        from counted
        group by 2, 3, 4, 5
    ), stored_cells as (
        insert into rollup_cells as c
        select span, bucket, node, phase, this_segment, sum(event_count), sum(duration_sum), min(duration_min),
            max(duration_max), sum(issue_count), max(last_ts),
            coalesce(array_agg(sketch_bucket order by sketch_bucket) filter (where sketch_bucket is not null), '{}'),
            coalesce(
                array_agg(event_count order by sketch_bucket) filter (where sketch_bucket is not null), '{}')::int[]
        from spans
        group by span, bucket, node, phase
        on conflict (span, bucket, node, phase, segment) do update set
            event_count = c.event_count + excluded.event_count,
            duration_sum = c.duration_sum + excluded.duration_sum,
            duration_min = least(c.duration_min, excluded.duration_min),
            duration_max = greatest(c.duration_max, excluded.duration_max),
            issue_count = c.issue_count + excluded.issue_count,
            last_ts = greatest(c.last_ts, excluded.last_ts),
            (sketch_buckets, sketch_counts) = (
                select coalesce(array_agg(bucket order by bucket), '{}'),
                    coalesce(array_agg(number order by bucket), '{}')::int[]
                from (
                    select bucket, sum(number) as number
                    from (
                        select * from unnest(c.sketch_buckets, c.sketch_counts)
                        union all
                        select * from unnest(excluded.sketch_buckets, excluded.sketch_counts)
                    ) as both_sketches (bucket, number)
                    group by bucket
                ) as merged)
    ), known as materialized (
        -- Runs with earlier events: what is known of them is reckoned anew, from all of their events.
        select s.run_id, least(s.first_ts, t.first_ts) as first_ts, greatest(s.last_ts, t.last_ts) as last_ts
        from (select run_id, min(ts) as first_ts, max(ts) as last_ts from stretch group by run_id) t
        cross join lateral (select * from run_summaries s where s.run_id = t.run_id offset 0) s
    ), told as (
        select position, run_id, ts, node, phase, duration_ms, execution_id, issue_count from stretch
        where run_id not in (select run_id from known)
        union all
        select b.first_position + e.ordinal, e.run_id, e.ts, e.node, e.phase, e.duration_ms, e.execution_id,
            cardinality(e.issues)
        from known k
        cross join lateral (
            select * from workflow_events e
            where e.run_id = k.run_id and e.ts between k.first_ts and k.last_ts and e.node not like 'runledger.%'
            offset 0
        ) e
        cross join lateral (select first_position from event_batches b where b.id = e.batch_id offset 0) b
        where b.first_position + e.ordinal <= stop
    ), paired as (
        select run_id, node, execution_id,
            count(*) filter (where phase = 'start') as start_count,
            count(*) filter (where phase <> 'start') as close_count,
            count(*) filter (where phase = 'fail') as failures,
            min(phase) filter (where phase <> 'start') as phase,
            coalesce(
                min(ts) filter (where phase = 'start'), min(ts) - min(duration_ms) * interval '1 ms') as started_at,
            min(ts) filter (where phase <> 'start') as ended_at,
            min(position) filter (where phase = 'start') as start_position,
            min(position) filter (where phase <> 'start') as end_position,
            sum(issue_count) as issue_count,
            min(ts) filter (where issue_count > 0) as first_issue_ts,
            max(ts) filter (where issue_count > 0) as last_issue_ts,
            min(position) as first_position, max(position) as last_position, min(ts) as first_ts, max(ts) as last_ts
        from told
        group by run_id, node, execution_id
    ), nodes as (
        select run_id, node, count(*) as executions,
            sum(start_count) > sum(close_count) as is_running,
            (array_agg(phase order by started_at desc, coalesce(start_position, end_position) desc))[1] as latest_phase,
            bool_or(phase = 'end') as has_ended,
            sum(failures) as failures, sum(issue_count) as issue_count, sum(start_count + close_count) as event_count,
            min(first_issue_ts) as first_issue_ts, max(last_issue_ts) as last_issue_ts,
            min(first_position) as first_position, max(last_position) as last_position,
            min(first_ts) as first_ts, max(last_ts) as last_ts,
            -- Then each group is one execution.
            bool_and(
                start_count <= 1 and close_count <= 1
                and (execution_id is not null or start_count = 0 or close_count = 0
                    or (started_at, start_position) < (ended_at, end_position))) as is_plain
        from paired
        group by run_id, node
    ), summaries as materialized (
        select run_id, min(first_position) as first_position, max(last_position) as last_position,
            min(first_ts) as first_ts, max(last_ts) as last_ts, min(first_issue_ts) as first_issue_ts,
            max(last_issue_ts) as last_issue_ts, sum(event_count)::int as event_count,
            sum(executions)::int as executions, sum(failures)::int as failures, sum(issue_count)::int as issue_count,
            (count(*) filter (where latest_phase = 'end'))::smallint as nodes_done,
            (case
                when bool_or(is_running) then 'r'
                when bool_or(latest_phase = 'fail') then 'f'
                when bool_or(has_ended and node = final_node) then 'c'
                else 'i'
            end)::"char" as status,
            bool_and(is_plain) as is_plain
        from nodes
        group by run_id
    ), stored_summaries as (
        insert into run_summaries as s
        select run_id, first_position, last_position, first_ts, last_ts, first_issue_ts, last_issue_ts, event_count,
            executions, failures, issue_count, nodes_done, status
        from summaries
        on conflict (run_id) do update set
            first_position = excluded.first_position, last_position = excluded.last_position,
            first_ts = excluded.first_ts, last_ts = excluded.last_ts,
            first_issue_ts = excluded.first_issue_ts, last_issue_ts = excluded.last_issue_ts,
            event_count = excluded.event_count, executions = excluded.executions, failures = excluded.failures,
            issue_count = excluded.issue_count, nodes_done = excluded.nodes_done, status = excluded.status
    )
    select array_agg(run_id) filter (where not is_plain) into involved from summaries;

    -- Where a node's events do not pair off simply, the view that pairs them tells how the run stands.
    if involved is not null then
        perform set_config('runledger.as_of', stop::text, true),
            set_config('runledger.recorded_since', '', true), set_config('runledger.recorded_until', '', true);
        update run_summaries s
            set executions = r.executions, nodes_done = r.nodes_done, status = left(r.status, 1)::"char"
            from unnest(involved) as i (run_id)
            cross join lateral (select * from runs r where r.run_id = i.run_id offset 0) r
            where s.run_id = i.run_id;
        perform set_config('runledger.as_of', '', true);
    end if;

    update rollup set position = stop;
    return stop - start;
end
$$;

update ledger set contract_version = 3;
