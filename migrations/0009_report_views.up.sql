-- What reports read besides: events bounded by when they were recorded too, runledger's own, the batches, and time.

create function recorded_since() returns timestamptz
language sql stable
return coalesce(nullif(current_setting('runledger.recorded_since', true), '')::timestamptz, '-infinity');

comment on function recorded_since() is
    'a report leaves out what was recorded before this: the setting runledger.recorded_since, or nothing where unset';

create function recorded_until() returns timestamptz
language sql stable
return coalesce(nullif(current_setting('runledger.recorded_until', true), '')::timestamptz, 'infinity');

comment on function recorded_until() is
    'a report leaves out what was recorded from this on: the setting runledger.recorded_until, or nothing where unset';

-- As a plain condition the planner would take the two comparisons for a narrow range, and most often they let all pass.
create view all_events as
    select * from ledger_events
    where batch_position <= (select as_of()) and position <= (select as_of())
        and case when recorded_at >= (select recorded_since()) and recorded_at < (select recorded_until()) then true end;

comment on view all_events is
    'ledger_events up to position as_of(), recorded from recorded_since() until recorded_until()';

-- Executions and runs build on it.
create or replace view events as
    select * from all_events where node not like 'runledger.%';

comment on view events is 'all_events without runledger''s own';

-- What is missing before a batch does not depend on when that was recorded.
create view batches as
    select id, source, recorded_at, first_position,
        least(first_position + event_count - 1, (select as_of())) as last_position,
        least(event_count, (select as_of()) - first_position + 1) as event_count,
        gap, ts_min, ts_max, sequenced_at
    from (
        select *, first_position - 1 - lag(first_position + event_count - 1, 1, 0::bigint) over (order by first_position)
            as gap
        from event_batches
        where first_position <= (select as_of())
    ) as positioned
    where recorded_at >= (select recorded_since()) and recorded_at < (select recorded_until());

comment on view batches is
    'the batches bounded as all_events is, event_count and last_position too. gap: how many positions are missing '
    'between the batch before and this one; below 0, how many are taken twice';

create function as_of_time() returns timestamptz
language sql stable
return (
    select recorded_at from event_batches
    where first_position <= as_of() and recorded_at >= recorded_since() and recorded_at < recorded_until()
    order by first_position desc limit 1);

comment on function as_of_time() is
    'when the latest of all_events was recorded: what "now" is in a report, so that the answer repeats. Null if none';

create function trend_buckets(unit text, first_at timestamptz, last_at timestamptz) returns setof timestamptz
language plpgsql stable rows 100 set search_path from current set timezone = 'UTC' as $$
declare
    maximum constant integer := 10000;
begin
    if unit not in ('minute', 'hour', 'day', 'week', 'month') then
        raise exception 'there is no bucket "%"', unit using
            errcode = 'RL006', hint = 'A bucket is a minute, hour, day, week or month.';
    end if;
    if (last_at - first_at) / maximum >= ('1 ' || unit)::interval then
        raise exception 'the window holds more than % buckets of a %', maximum, unit using
            errcode = 'RL006', hint = 'Choose a longer bucket, or a shorter window.';
    end if;
    return query
        select * from generate_series(
            date_trunc(unit, first_at), date_trunc(unit, last_at), ('1 ' || unit)::interval);
end
$$;

comment on function trend_buckets(text, timestamptz, timestamptz) is
    'when the buckets of a trend begin: those of one UTC minute, hour, day, week or month from a time to a later one';

do $$
begin
    execute format('grant select on all_events, batches to %I, %I',
        current_setting('runledger.writer_role'), current_setting('runledger.reader_role'));
end
$$;

update ledger set contract_version = 3;
