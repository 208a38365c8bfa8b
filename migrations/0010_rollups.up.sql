-- Rollups: what the events of a stretch of positions add up to, by hour, day and month, and a summary row a run.
--
-- A pass rolls up the next stretch behind the cursor and moves the cursor, in one transaction: each event is counted
-- once, whoever runs the passes. Cells belong to a segment of 2^20 positions, and a closed segment's cells never
-- change, so that an earlier answer is the closed segments plus the events of its own segment.

-- With whose end a run is complete. Summaries rest on it, so that a change has them made again.
alter table ledger add column last_node text collate "C" not null default 'REVIEW';

create table rollup (
    singleton boolean primary key default true check (singleton),
    -- Everything up to this position is in the cells and summaries, and nothing behind it.
    position bigint not null default 0,
    -- A segment has 2 to the power of this positions; what changes it begins with reset_rollups().
    segment_bits smallint not null default 20,
    -- As of positions up to this, percentiles are exact without being asked to.
    exact_maximum bigint not null default 20000,
    constraint rollup_position check (position >= 0),
    constraint rollup_segment_bits check (segment_bits between 1 and 20)
);

comment on table rollup is 'one row: up to which position the events are rolled up';

insert into rollup default values;

create table rollup_cells (
    -- h, d or m: hour, day or month, by UTC.
    span "char" not null,
    bucket timestamptz not null,
    node text collate "C" not null,
    phase text collate "C" not null,
    segment integer not null,
    event_count integer not null,
    duration_sum numeric not null,
    duration_min bigint not null,
    duration_max bigint not null,
    issue_count integer not null,
    last_ts timestamptz not null,
    -- The histogram of the durations: which buckets of sketch_bucket() there are, and how many durations in each.
    sketch_buckets smallint[] not null,
    sketch_counts integer[] not null,
    primary key (span, bucket, node, phase, segment),
    constraint rollup_cells_span check (span in ('h', 'd', 'm')),
    constraint rollup_cells_event_count check (event_count > 0)
) with (fillfactor = 70);

comment on table rollup_cells is 'what the events of an hour, day or month, a node, a phase and a segment add up to';

create table run_summaries (
    run_id text collate "C" primary key,
    first_position bigint not null,
    last_position bigint not null,
    first_ts timestamptz not null,
    last_ts timestamptz not null,
    first_issue_ts timestamptz,
    last_issue_ts timestamptz,
    event_count integer not null,
    executions integer not null,
    failures integer not null,
    issue_count integer not null,
    nodes_done smallint not null,
    -- r, f, c or i: running, failed, completed or idle.
    status "char" not null,
    constraint run_summaries_status check (status in ('r', 'f', 'c', 'i'))
) with (fillfactor = 80);

comment on table run_summaries is 'one row a run, as its events up to the position of the rollup tell';

create unique index on run_summaries (first_position);
create index on run_summaries (last_issue_ts) where issue_count > 0;

-- Events arrive about in the order of their times, so that a small index finds an hour of them.
create index workflow_events_ts_brin on workflow_events using brin (ts) with (pages_per_range = 32, autosummarize = on);

-- Buckets as in an HDR histogram with 64 steps an octave: durations below 128 have one each, others lie within 1/128
-- of the middle of theirs. A logarithm that is off at a power of two gives the same number.
create function sketch_bucket(duration_ms bigint) returns smallint
language sql immutable parallel safe
return case
    when duration_ms < 128 then duration_ms
    else ((floor(ln(duration_ms) / 0.6931471805599453)::int - 6) << 6)
        + (duration_ms >> (floor(ln(duration_ms) / 0.6931471805599453)::int - 6))
end::smallint;

comment on function sketch_bucket(bigint) is 'the bucket of a duration; its relative error is under 1 %';

create function sketch_value(bucket smallint) returns double precision
language sql immutable parallel safe
return case
    when bucket < 128 then bucket
    else ((64 + (bucket & 63))::bigint << ((bucket >> 6) - 1)) + ((1::bigint << ((bucket >> 6) - 1)) - 1) / 2.0
end::double precision;

comment on function sketch_value(smallint) is 'the duration that stands for a bucket: its middle, in milliseconds';

create function roll_up(maximum bigint default 100000) returns bigint
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

comment on function roll_up(bigint) is
    'rolls up the next events, at most so many; returns by how many positions, 0 if none, null if another is at it';

revoke execute on function roll_up(bigint) from public;

create function reset_rollups() returns void
language sql set search_path from current as $$
    truncate rollup_cells, run_summaries;
    update rollup set position = 0;
$$;

comment on function reset_rollups() is 'forgets every rollup, for roll_up() to begin again at the first event';

revoke execute on function reset_rollups() from public;

create function forget_rollups() returns trigger
language plpgsql set search_path from current as $$
begin
    perform reset_rollups();
    return null;
end
$$;

create trigger forget_rollups after update of last_node on ledger
    for each row when (new.last_node <> old.last_node) execute function forget_rollups();
alter table ledger enable always trigger forget_rollups;

do $$
begin
    execute format('grant select on rollup, rollup_cells, run_summaries to %I, %I',
        current_setting('runledger.writer_role'), current_setting('runledger.reader_role'));
    execute format('grant execute on function roll_up(bigint) to %I, %I',
        current_setting('runledger.writer_role'), current_setting('runledger.reader_role'));
end
$$;
