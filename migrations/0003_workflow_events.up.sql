-- The events, in partitions by UTC month (or week, or day), and the function that makes a partition.

create table workflow_events (
    run_id text collate "C" not null,
    ts timestamptz not null,
    id uuid not null,
    node text collate "C" not null,
    phase text collate "C" not null,
    duration_ms bigint not null,
    metrics jsonb not null,
    issues text[] collate "C" not null,
    execution_id uuid,
    service text collate "C",
    trace_id text collate "C",
    span_id text collate "C",
    batch_id bigint not null,
    ordinal integer not null,
    primary key (run_id, ts, id),
    -- Each check is paid for by every row of every COPY; these cost about a twentieth together. What is dearer, such
    -- as a search for control characters, is the client's to check.
    constraint workflow_events_run_id check (octet_length(run_id) between 1 and 255),
    constraint workflow_events_node check (octet_length(node) between 1 and 128),
    constraint workflow_events_phase check (phase in ('start', 'end', 'fail')),
    constraint workflow_events_duration_ms check (duration_ms >= 0),
    constraint workflow_events_metrics check (jsonb_typeof(metrics) = 'object'),
    -- array_position() itself refuses more than one dimension.
    constraint workflow_events_issues check (array_position(issues, null) is null)
) partition by range (ts);

comment on table workflow_events is
    'every event ever stored; append-only. ledger_events shows them with their positions';

-- A batch's events in order: the tail reads by it.
create index on workflow_events (batch_id, ordinal);
create index on workflow_events (node, ts) where phase = 'fail';
create index on workflow_events (ts) where issues <> '{}';

-- A statement trigger fires for the table a statement names and no other, so that each partition needs its own.
create trigger refuse_change before update or delete or truncate on workflow_events
    for each statement execute function refuse_change();
alter table workflow_events enable always trigger refuse_change;

create function partitions() returns table (name text, from_ts timestamptz, to_ts timestamptz)
language sql stable set search_path from current set timezone = 'UTC' set datestyle = 'ISO' as $$
    select name,
        coalesce(substring(bounds from 'FROM \(''([^'']*)''\)')::timestamptz, '-infinity'),
        coalesce(substring(bounds from 'TO \(''([^'']*)''\)')::timestamptz, 'infinity')
    from (
        select c.relname::text as name, pg_get_expr(c.relpartbound, c.oid) as bounds
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'workflow_events'::regclass
    ) as partition
    where bounds <> 'DEFAULT'
    order by 2
$$;

comment on function partitions() is 'the attached partitions of workflow_events: from_ts inclusive, to_ts exclusive';

create function ensure_partition(event_ts timestamptz)
returns table (from_ts timestamptz, to_ts timestamptz)
language plpgsql security definer
set search_path from current set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
    granularity text;
    maximum integer;
    astronomical_year integer;
    partition text;
begin
    return query select p.from_ts, p.to_ts from partitions() p where p.from_ts <= event_ts and event_ts < p.to_ts;
    if found then
        return;
    end if;

    if not isfinite(event_ts) then
        raise exception 'no partition holds %', event_ts using errcode = 'datetime_field_overflow';
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'ensure_partition() needs a transaction at isolation level read committed' using
            errcode = 'RL003', hint = 'Call it by itself, outside a transaction.';
    end if;

    perform pg_advisory_xact_lock('workflow_events'::regclass::int, 0);
    -- Another caller may have made it while this one waited.
    return query select p.from_ts, p.to_ts from partitions() p where p.from_ts <= event_ts and event_ts < p.to_ts;
    if found then
        return;
    end if;

    select partition_granularity, partition_maximum into granularity, maximum from ledger;
    if (select count(*) from pg_inherits where inhparent = 'workflow_events'::regclass) >= maximum then
        raise exception 'an event at % would need partition number % of at most %',
            event_ts, maximum + 1, maximum using
            errcode = 'RL002',
            hint = 'Check the event''s ts. If it is right, raise ledger.partition_maximum as the owner.';
    end if;

    -- Between two existing partitions only the gap is left, as after a change of the granularity.
    select
        greatest(date_trunc(granularity, event_ts), max(p.to_ts) filter (where p.to_ts <= event_ts)),
        least(
            date_trunc(granularity, event_ts) + ('1 ' || granularity)::interval,
            min(p.from_ts) filter (where p.from_ts > event_ts))
        into from_ts, to_ts
        from partitions() p;

    astronomical_year := extract(year from from_ts);
    if astronomical_year < 0 then
        astronomical_year := astronomical_year + 1;
    end if;
    partition := 'workflow_events_'
        || case when astronomical_year < 0 then 'minus_' else '' end
        || to_char(abs(astronomical_year), 'FM990000') || to_char(from_ts, '_MM')
        || case
            when granularity = 'month' and from_ts = date_trunc('month', from_ts) then ''
            else to_char(from_ts, '_DD')
        end;
    if to_regclass(partition) is not null then
        raise exception 'table % exists but is no partition for %', partition, event_ts using
            errcode = 'RL004', hint = 'If it was detached, attach it again or rename it.';
    end if;

    -- A table that is attached when complete blocks no reader or writer; "partition of" would block them all.
    execute format('create table %I (like workflow_events including all)', partition);
    execute format('create trigger refuse_change before update or delete or truncate on %I
        for each statement execute function refuse_change()', partition);
    execute format('alter table %I enable always trigger refuse_change', partition);
    execute format('alter table workflow_events attach partition %I for values from (%L) to (%L)',
        partition, from_ts, to_ts);
    return next;
end
$$;

comment on function ensure_partition(timestamptz) is
    'makes the partition for an event at this time unless it exists, and says its bounds';

revoke execute on function ensure_partition(timestamptz) from public;

do $$
begin
    execute format('grant select, insert on workflow_events to %I', current_setting('runledger.writer_role'));
    execute format('grant select on workflow_events to %I', current_setting('runledger.reader_role'));
    execute format('grant execute on function ensure_partition(timestamptz) to %I',
        current_setting('runledger.writer_role'));
end
$$;
