-- What happened in a window: from the cells as far as they reach, from the events for the rest, exact as of as_of().

-- What is bound by the time of recording cannot be told from rollups.
create function rollup_reach(out segment_end integer, out reached bigint)
language plpgsql stable set search_path from current as $$
declare
    wanted bigint := as_of();
    bits smallint;
begin
    select r.position, r.segment_bits into reached, bits from rollup r;
    segment_end := 2147483647;
    if coalesce(current_setting('runledger.recorded_since', true), '') <> ''
        or coalesce(current_setting('runledger.recorded_until', true), '') <> '' then
        segment_end := 0;
    elsif wanted < reached then
        segment_end := wanted >> bits;
    end if;
    if segment_end < 2147483647 then
        reached := segment_end::bigint << bits;
    end if;
end
$$;

comment on function rollup_reach() is
    'which cells serve a question as of as_of(): those of segments below segment_end, with all up to position reached';

create function ceiling_of(unit text, at timestamptz) returns timestamptz
language sql stable set timezone = 'UTC'
return case when date_trunc(unit, at) = at then at else date_trunc(unit, at + ('1 ' || unit)::interval) end;

comment on function ceiling_of(text, timestamptz) is
    'the first beginning of an hour, day or month, by UTC, that is not before a time';

-- A whole month, day or hour within the window is read from its cells; the ragged edges, and everything behind the
-- cells, from the events. No piece straddles a bucket of the unit.
create function activity(since timestamptz, until timestamptz, of_node text, unit text default 'all')
returns table (
    at timestamptz, node text, phase text, event_count bigint, duration_sum numeric, duration_min bigint,
    duration_max bigint, issue_count bigint, last_ts timestamptz, sketch_buckets smallint[], sketch_counts integer[])
language plpgsql stable rows 5000
set search_path from current set timezone = 'UTC' set plan_cache_mode = force_custom_plan set jit = off
set enable_seqscan = off as $$
declare
    lowest timestamptz := coalesce(since, '-infinity');
    highest timestamptz := coalesce(until, 'infinity');
    hours_from timestamptz := ceiling_of('hour', lowest);
    hours_to timestamptz := date_trunc('hour', highest);
    days_from timestamptz;
    days_to timestamptz;
    months_from timestamptz;
    months_to timestamptz;
    segments integer;
    rolled bigint;
    last_position bigint := as_of();
    first_batch bigint;
    earliest timestamptz;
    latest timestamptz;
begin
    select segment_end, reached into segments, rolled from rollup_reach();
    if hours_from >= hours_to or segments = 0 or unit = 'minute' then
        -- Nothing but edges.
        hours_from := highest;
        hours_to := highest;
    end if;
    days_from := hours_to;
    days_to := hours_to;
    if unit <> 'hour' then
        days_from := least(ceiling_of('day', hours_from), hours_to);
        days_to := greatest(date_trunc('day', hours_to), days_from);
    end if;
    months_from := days_to;
    months_to := days_to;
    if unit in ('all', 'month') and ceiling_of('month', days_from) < date_trunc('month', days_to) then
        months_from := ceiling_of('month', days_from);
        months_to := date_trunc('month', days_to);
    end if;

    return query
        select c.bucket, c.node, c.phase, c.event_count::bigint, c.duration_sum, c.duration_min, c.duration_max,
            c.issue_count::bigint, c.last_ts, c.sketch_buckets, c.sketch_counts
        from (
            select * from rollup_cells where span = 'm' and bucket >= months_from and bucket < months_to
            union all
            select * from rollup_cells where span = 'd' and bucket >= days_from and bucket < months_from
            union all
            select * from rollup_cells where span = 'd' and bucket >= months_to and bucket < days_to
            union all
            select * from rollup_cells where span = 'h' and bucket >= hours_from and bucket < days_from
            union all
            select * from rollup_cells where span = 'h' and bucket >= days_to and bucket < hours_to
        ) c
        where c.segment < segments and (of_node is null or c.node = of_node);

    -- Batches say which times to look at, so that the planner leaves the other partitions out.
    first_batch := coalesce((
        select b.first_position from event_batches b
        where b.first_position <= rolled + 1 order by b.first_position desc limit 1), 0);
    select min(b.ts_min), max(b.ts_max) into earliest, latest from event_batches b
        where b.first_position between first_batch and last_position;

    return query
        select date_trunc(case unit when 'minute' then unit else 'hour' end, e.ts), e.node, e.phase, count(*), sum(e.duration_ms), min(e.duration_ms),
            max(e.duration_ms), sum(cardinality(e.issues)), max(e.ts), array[sketch_bucket(e.duration_ms)],
            array[count(*)::integer]
        from (
            select e.* from event_batches b cross join lateral (
                select * from workflow_events e
                where e.batch_id = b.id and e.ts between b.ts_min and b.ts_max and e.ts between earliest and latest
                    and e.ordinal > rolled - b.first_position and e.ordinal <= last_position - b.first_position
                    and e.ts >= hours_from and e.ts < hours_to
                offset 0
            ) e
            where hours_from < hours_to and b.first_position between first_batch and last_position
            union all
            select e.* from (
                select * from workflow_events e where e.ts >= lowest and e.ts < hours_from
                union all
                select * from workflow_events e where e.ts >= hours_to and e.ts < highest
            ) e cross join lateral (
                select from event_batches b
                where b.id = e.batch_id and b.first_position + e.ordinal <= last_position
                    and b.recorded_at >= recorded_since() and b.recorded_at < recorded_until()
                offset 0
            ) b
        ) e
        where e.node not like 'runledger.%' and (of_node is null or e.node = of_node)
        group by 1, 2, 3, sketch_bucket(e.duration_ms);
end
$$;

comment on function activity(timestamptz, timestamptz, text, text) is
    'pieces that add up to what happened in a window, by node, phase and unit: all, month … minute';

-- Percentiles are exact, by interpolation between the two nearest durations, as of the first 20,000 events and where
-- that is asked for; else they come from the histograms, within 1 %. Which it is depends on the position and the
-- question alone, so that an answer repeats.
create function duration_statistics(
    since timestamptz, until timestamptz, of_node text, unit text default 'all', exact boolean default false)
returns table (
    bucket timestamptz, node text, event_count bigint, mean_ms double precision, min_ms bigint, max_ms bigint,
    p50_ms double precision, p90_ms double precision, p95_ms double precision, p99_ms double precision)
language plpgsql
set search_path from current set timezone = 'UTC' set plan_cache_mode = force_custom_plan set jit = off as $$
begin
    -- Cells know nothing below an hour.
    if exact or unit = 'minute' or as_of() <= (select exact_maximum from rollup) then
        perform set_config('runledger.percentiles', 'exact', true);
        return query
            select b.bucket, e.node, count(*), avg(e.duration_ms)::double precision, min(e.duration_ms),
                max(e.duration_ms),
                percentile_cont(0.50) within group (order by e.duration_ms),
                percentile_cont(0.90) within group (order by e.duration_ms),
                percentile_cont(0.95) within group (order by e.duration_ms),
                percentile_cont(0.99) within group (order by e.duration_ms)
            from events e
            cross join lateral (select case when unit <> 'all' then date_trunc(unit, e.ts) end as bucket) b
            where e.phase = 'end' and (since is null or e.ts >= since) and (until is null or e.ts < until)
                and (of_node is null or e.node = of_node)
            group by 1, 2;
        return;
    end if;

    perform set_config('runledger.percentiles', 'sketched', true);
    return query
        with pieces as materialized (
            select case when unit = 'all' then '-infinity' else date_trunc(unit, a.at) end as bucket, a.node,
                a.event_count, a.duration_sum, a.duration_min, a.duration_max, a.sketch_buckets, a.sketch_counts
            from activity(since, until, of_node, unit) a
            where a.phase = 'end'
        ), totals as (
            select p.bucket, p.node, sum(p.event_count)::bigint as event_count, sum(p.duration_sum) as duration_sum,
                min(p.duration_min) as duration_min, max(p.duration_max) as duration_max
            from pieces p
            group by 1, 2
        ), steps as (
            select p.bucket, p.node, s.step, sum(s.number) as number
            from pieces p cross join lateral unnest(p.sketch_buckets, p.sketch_counts) as s (step, number)
            group by 1, 2, 3
        ), ranked as (
            select s.bucket, s.node, sketch_value(s.step) as value,
                sum(s.number) over (partition by s.bucket, s.node order by s.step) as reached,
                sum(s.number) over (partition by s.bucket, s.node) - 1 as last_rank
            from steps s
        ), neighbours as (
            -- The values at the whole ranks around the wanted ones, as percentile_cont() has it.
            select r.bucket, r.node, min(r.last_rank) as last_rank,
                min(r.value) filter (where r.reached > floor(0.50 * r.last_rank)) as p50_low,
                min(r.value) filter (where r.reached > ceil(0.50 * r.last_rank)) as p50_high,
                min(r.value) filter (where r.reached > floor(0.90 * r.last_rank)) as p90_low,
                min(r.value) filter (where r.reached > ceil(0.90 * r.last_rank)) as p90_high,
                min(r.value) filter (where r.reached > floor(0.95 * r.last_rank)) as p95_low,
                min(r.value) filter (where r.reached > ceil(0.95 * r.last_rank)) as p95_high,
                min(r.value) filter (where r.reached > floor(0.99 * r.last_rank)) as p99_low,
                min(r.value) filter (where r.reached > ceil(0.99 * r.last_rank)) as p99_high
            from ranked r
            group by 1, 2
        )
        select nullif(t.bucket, '-infinity'), t.node, t.event_count, (t.duration_sum / t.event_count)::double precision,
            t.duration_min, t.duration_max,
            least(greatest(n.p50_low + (mod(0.50 * n.last_rank, 1))::double precision * (n.p50_high - n.p50_low),
                t.duration_min), t.duration_max),
            least(greatest(n.p90_low + (mod(0.90 * n.last_rank, 1))::double precision * (n.p90_high - n.p90_low),
                t.duration_min), t.duration_max),
            least(greatest(n.p95_low + (mod(0.95 * n.last_rank, 1))::double precision * (n.p95_high - n.p95_low),
                t.duration_min), t.duration_max),
            least(greatest(n.p99_low + (mod(0.99 * n.last_rank, 1))::double precision * (n.p99_high - n.p99_low),
                t.duration_min), t.duration_max)
        from totals t join neighbours n on n.bucket = t.bucket and n.node = t.node;
end
$$;

comment on function duration_statistics(timestamptz, timestamptz, text, text, boolean) is
    'how long the successful executions of a window took, by node and unit (all, month, week, day, hour or minute)';
