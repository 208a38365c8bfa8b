-- What everybody's own SQL may rely on: events with their positions, executions and runs.

-- The bounds on ts say nothing new; they let the planner skip the partitions that a batch did not touch.
create view ledger_events as
    select b.first_position + e.ordinal as position,
        e.run_id, e.ts, e.id, e.node, e.phase, e.duration_ms, e.metrics, e.issues,
        e.execution_id, e.service, e.trace_id, e.span_id, b.recorded_at, b.source,
        e.batch_id, e.ordinal, b.first_position as batch_position
    from event_batches b
    join workflow_events e on e.batch_id = b.id and e.ts between b.ts_min and b.ts_max
    where b.first_position is not null;

comment on view ledger_events is 'every sequenced event with its position, when it was recorded and by whom';

-- A position is a sum over two tables, which no index serves; a batch's first position and an ordinal are served, and
-- since positions are dense the wanted ones are known beforehand. The batches say which times to look at, so that the
-- planner leaves all other partitions out; planning a hundred of them takes longer than reading a thousand events.
create function ledger_events_after(after bigint, maximum bigint default 1000) returns setof ledger_events
language plpgsql stable
set search_path from current set plan_cache_mode = force_custom_plan as $$
declare
    first bigint;
    earliest timestamptz;
    latest timestamptz;
begin
    first := coalesce((
        select b.first_position from event_batches b
        where b.first_position <= after + 1 order by b.first_position desc limit 1), 0);
    select min(ts_min), max(ts_max) into earliest, latest
        from event_batches b where b.first_position between first and after + maximum;
    return query
        select l.* from ledger_events l
        where l.batch_position between first and after + maximum
            and l.ordinal > after - l.batch_position
            and l.ordinal <= after + maximum - l.batch_position
            and l.ts between earliest and latest
        order by l.batch_position, l.ordinal;
end
$$;

comment on function ledger_events_after(bigint, bigint) is 'the events after a position, in order';

create function as_of() returns bigint
language sql stable
return coalesce(nullif(current_setting('runledger.as_of', true), '')::bigint, 9223372036854775807);

comment on function as_of() is
    'the position that a report is true as of: the setting runledger.as_of, or everything where it is unset';

create view events as
    select * from ledger_events
    where batch_position <= (select as_of()) and position <= (select as_of()) and node not like 'runledger.%';

comment on view events is 'ledger_events up to position as_of(), without runledger''s own';

-- Pairing. Going through a node's events with +1 for a start and -1 for an end or fail, the balance sinks below
-- every earlier one, and below 0, exactly where an end or fail has no start left to close. The n-th of the others
-- closes the n-th start. Events with an execution_id are paired among themselves, start first whatever their ts.
create view executions as
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
            min(ts) - min(duration_ms) * interval '1 millisecond') as started_at,
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

create view runs as
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
            when bool_or(has_ended and node = coalesce(
                nullif(current_setting('runledger.last_node', true), ''), 'REVIEW')) then 'completed'
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

comment on view runs is 'one row a run. The workflow''s last node is runledger.last_node, REVIEW unless set';

do $$
begin
    execute format('grant select on ledger_events, events, executions, runs to %I, %I',
        current_setting('runledger.writer_role'), current_setting('runledger.reader_role'));
end
$$;

update ledger set contract_version = 1;
