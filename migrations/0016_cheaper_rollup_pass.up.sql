-- A cheaper pass of roll_up(): what the events of a run add up to is added to its summary, and only how they pair off
-- is reckoned from all of them; everything is gathered by hash, and nothing is sorted for each group.

-- Histograms that change at every pass stay as they are, which would be compressed from 2 kB on, each time.
-- Larger segments are fewer to add up; those there are begin again.
alter table rollup drop constraint rollup_segment_bits, alter segment_bits set default 21;
alter table rollup add constraint rollup_segment_bits check (segment_bits between 1 and 21);
select reset_rollups();
update rollup set segment_bits = 21;

-- Most runs are rolled up in one pass or two: little room for their next versions is enough.
alter table run_summaries set (fillfactor = 90);
alter table rollup_cells set (toast_tuple_target = 8160);
alter table rollup_cells alter sketch_buckets set storage external, alter sketch_counts set storage external;

create or replace function roll_up(maximum bigint default 100000) returns bigint
language plpgsql security definer
set search_path from current set timezone = 'UTC' set plan_cache_mode = force_custom_plan
-- The planner knows nothing about a stretch: it takes it for a few rows, and would sort and loop.
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_nestloop = off
set enable_mergejoin = off set jit = off set work_mem = '64MB' as $$
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
        -- mark: 1 for a start, 2 for an end, 4 for a fail; or'ed together they tell of what an execution consists.
        select b.first_position + e.ordinal as position, e.run_id, e.ts, e.node,
            case e.phase when 'start' then 1 when 'end' then 2 else 4 end as mark, e.duration_ms, e.execution_id,
            cardinality(e.issues) as issue_count
        from event_batches b cross join lateral (
            select * from workflow_events e
            where e.batch_id = b.id and e.ts between b.ts_min and b.ts_max and e.ts between earliest and latest
                and e.ordinal > start - b.first_position and e.ordinal <= stop - b.first_position
                -- Not runledger's own; costs less than "like".
                and (e.node < 'runledger.' or e.node >= 'runledger/')
            offset 0
        ) e
        where b.first_position between first_batch and stop
    ), counted as materialized (
        select date_bin('1 hour', ts, 'epoch') as bucket, node, mark,
            case when mark > 1 then sketch_bucket(duration_ms) end as step,
            count(*) as event_count, sum(duration_ms) as duration_sum, min(duration_ms) as duration_min,
            max(duration_ms) as duration_max, sum(issue_count) as issue_count, max(ts) as last_ts
        from stretch
        group by 1, 2, 3, 4
    ), spans as materialized (
        select 'h'::"char" as span, * from counted
        union all
        select 'd', date_bin('1 day', bucket, 'epoch'), node, mark, step, sum(event_count), sum(duration_sum),
            min(duration_min), max(duration_max), sum(issue_count), max(last_ts)
        from counted
        group by 2, 3, 4, 5
        union all
        select 'm', date_trunc('month', bucket), node, mark, step, sum(event_count), sum(duration_sum),
            min(duration_min), max(duration_max), sum(issue_count), max(last_ts)
        from counted
        group by 2, 3, 4, 5
    ), cells as (
        select span, bucket, node, case mark when 1 then 'start' when 2 then 'end' else 'fail' end as phase,
            sum(event_count) as event_count, sum(duration_sum) as duration_sum, min(duration_min) as duration_min,
            max(duration_max) as duration_max, sum(issue_count) as issue_count, max(last_ts) as last_ts,
            coalesce(array_agg(step) filter (where step is not null), '{}') as sketch_buckets,
            coalesce(array_agg(event_count::int) filter (where step is not null), '{}') as sketch_counts
        from (select * from spans order by step) as ordered
        group by span, bucket, node, mark
    ), stored_cells as (
        insert into rollup_cells as c
        select span, bucket, node, phase, this_segment, event_count, duration_sum, duration_min, duration_max,
            issue_count, last_ts, sketch_buckets, sketch_counts
        from cells
        on conflict (span, bucket, node, phase, segment) do update set
            event_count = c.event_count + excluded.event_count,
            duration_sum = c.duration_sum + excluded.duration_sum,
            duration_min = least(c.duration_min, excluded.duration_min),
            duration_max = greatest(c.duration_max, excluded.duration_max),
            issue_count = c.issue_count + excluded.issue_count,
            last_ts = greatest(c.last_ts, excluded.last_ts),
            (sketch_buckets, sketch_counts) = (
                select coalesce(array_agg(bucket), '{}'), coalesce(array_agg(number), '{}')
                from (
                    select bucket, sum(number)::int as number
                    from (
                        select * from unnest(c.sketch_buckets, c.sketch_counts)
                        union all
                        select * from unnest(excluded.sketch_buckets, excluded.sketch_counts)
                    ) as both_sketches (bucket, number)
                    group by bucket
                    order by bucket
                ) as merged)
    ), met as materialized (
        select run_id, min(position) as first_position, max(position) as last_position, min(ts) as first_ts,
            max(ts) as last_ts, min(ts) filter (where issue_count > 0) as first_issue_ts,
            max(ts) filter (where issue_count > 0) as last_issue_ts, count(*) as event_count,
            count(*) filter (where mark = 4) as failures, sum(issue_count) as issue_count
        from stretch
        group by run_id
    ), known as materialized (
        -- Runs with earlier events, and between which times those lie.
        select m.run_id, s.first_ts, s.last_ts
        from met m cross join lateral (select * from run_summaries s where s.run_id = m.run_id offset 0) s
    ), earlier as materialized (
        select e.run_id, e.ts, e.node, e.phase, e.duration_ms, e.execution_id, e.batch_id, e.ordinal
        from known k cross join lateral (
            select * from workflow_events e
            where e.run_id = k.run_id and e.ts between k.first_ts and k.last_ts
                and (e.node < 'runledger.' or e.node >= 'runledger/')
            offset 0
        ) e
    ), placed as materialized (
        select e.batch_id, b.first_position
        from (select batch_id from earlier group by batch_id) e
        cross join lateral (select first_position from event_batches b where b.id = e.batch_id offset 0) b
    ), told as (
        select position, run_id, ts, node, mark, duration_ms, execution_id from stretch
        union all
        select p.first_position + e.ordinal, e.run_id, e.ts, e.node,
            case e.phase when 'start' then 1 when 'end' then 2 else 4 end, e.duration_ms, e.execution_id
        from earlier e join placed p using (batch_id)
        where p.first_position + e.ordinal <= start
    ), paired as (
        select run_id, node, execution_id, count(*) as event_count, bit_or(mark) as marks,
            min(ts) filter (where mark = 1) as start_ts, min(ts) as first_ts, max(ts) as last_ts,
            min(position) filter (where mark = 1) as start_position, min(position) as first_position,
            min(duration_ms) as duration_ms
        from told
        group by run_id, node, execution_id
    ), executed as (
        select run_id, node, marks,
            coalesce(start_ts, execution_start(first_ts, duration_ms)) as started_at,
            -- Then the group is one execution.
            event_count = 1 or event_count = 2 and marks in (3, 5)
                and (execution_id is not null
                    or start_ts = first_ts and (first_ts < last_ts or start_position = first_position)) as is_plain
        from paired
    ), nodes as (
        select run_id, node, count(*) as executions, bit_or(marks) as marks,
            count(*) filter (where marks & 1 <> 0) > count(*) filter (where marks > 1) as is_running,
            max(started_at) filter (where marks = 1) as open_at,
            max(started_at) filter (where marks & 2 <> 0) as end_at,
            max(started_at) filter (where marks & 4 <> 0) as fail_at,
            bool_and(is_plain) as is_plain
        from executed
        group by run_id, node
    ), standing as (
        select run_id, node, executions, marks & 2 <> 0 as has_ended, is_running,
            coalesce(end_at > greatest(open_at, fail_at), end_at is not null) as is_done,
            coalesce(fail_at > greatest(open_at, end_at), fail_at is not null) as is_failed,
            -- Which of those that began at once is the latest, their positions tell.
            is_plain and (end_at = fail_at or end_at = open_at or fail_at = open_at) is not true as is_plain
        from nodes
    ), stood as materialized (
        select run_id, sum(executions)::int as executions, (count(*) filter (where is_done))::smallint as nodes_done,
            (case
                when bool_or(is_running) then 'r'
                when bool_or(is_failed) then 'f'
                when bool_or(has_ended and node = final_node) then 'c'
                else 'i'
            end)::"char" as status,
            bool_and(is_plain) as is_plain
        from standing
        group by run_id
    ), changed_summaries as (
        -- An update would read all summaries, since the planner may not loop.
        insert into run_summaries as s
        select run_id, m.first_position, m.last_position, m.first_ts, m.last_ts, m.first_issue_ts, m.last_issue_ts,
            m.event_count, t.executions, m.failures, m.issue_count, t.nodes_done, t.status
        from known k join met m using (run_id) join stood t using (run_id)
        on conflict (run_id) do update set
            first_position = least(s.first_position, excluded.first_position),
            last_position = greatest(s.last_position, excluded.last_position),
            first_ts = least(s.first_ts, excluded.first_ts), last_ts = greatest(s.last_ts, excluded.last_ts),
            first_issue_ts = least(s.first_issue_ts, excluded.first_issue_ts),
            last_issue_ts = greatest(s.last_issue_ts, excluded.last_issue_ts),
            event_count = s.event_count + excluded.event_count, failures = s.failures + excluded.failures,
            issue_count = s.issue_count + excluded.issue_count,
            executions = excluded.executions, nodes_done = excluded.nodes_done, status = excluded.status
    ), new_summaries as (
        insert into run_summaries (
            run_id, first_position, last_position, first_ts, last_ts, first_issue_ts, last_issue_ts, event_count,
            executions, failures, issue_count, nodes_done, status)
        select run_id, m.first_position, m.last_position, m.first_ts, m.last_ts, m.first_issue_ts, m.last_issue_ts,
            m.event_count, t.executions, m.failures, m.issue_count, t.nodes_done, t.status
        from met m join stood t using (run_id)
        where run_id not in (select run_id from known)
        order by m.first_position
    )
    select array_agg(run_id) filter (where not is_plain) into involved from stood;

    -- Where a node's events do not pair off simply, the view that pairs them tells how the run stands.
    if involved is not null then
        perform set_config(name, 'on', true)
            from unnest('{enable_bitmapscan,enable_sort,enable_nestloop,enable_mergejoin}'::text[]) as name;
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

update ledger set contract_version = 4;
