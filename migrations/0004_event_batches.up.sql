-- The batches: one row for what one transaction stored for one source, in the same transaction as its events.

create table event_batches (
    id bigint generated always as identity primary key,
    source text collate "C" not null,
    recorded_at timestamptz not null default clock_timestamp(),
    -- An empty batch would share its position with the next one.
    event_count integer not null,
    ts_min timestamptz not null,
    ts_max timestamptz not null,
    first_position bigint,
    sequenced_at timestamptz,
    constraint event_batches_source check (octet_length(source) between 1 and 255),
    constraint event_batches_event_count check (event_count > 0),
    constraint event_batches_ts_order check (ts_min <= ts_max),
    constraint event_batches_ts_max_in_future check (ts_max <= recorded_at + interval '24 hours'),
    constraint event_batches_position check (first_position > 0),
    constraint event_batches_sequenced check ((first_position is null) = (sequenced_at is null))
);

comment on table event_batches is
    'one row a transaction that stored events; the event with ordinal n has position first_position + n';

-- Kept apart: while somebody holds a transaction open, dead entries without a position pile up, and an index that
-- held them beside the positions would lure the planner into reading them all.
create unique index event_batches_first_position_key on event_batches (first_position)
    where first_position is not null;
create index event_batches_unsequenced on event_batches (id) where first_position is null;

create trigger refuse_change before delete or truncate on event_batches
    for each statement execute function refuse_change();
-- Positions are written once; nothing else of a batch ever changes.
create trigger refuse_update before update on event_batches
    for each row when (
        old.first_position is not null or new.first_position is null
        or (new.id, new.source, new.recorded_at, new.event_count, new.ts_min, new.ts_max)
            is distinct from (old.id, old.source, old.recorded_at, old.event_count, old.ts_min, old.ts_max))
    execute function refuse_change();

-- A statement trigger runs before the identity value is drawn, which sequence() relies on: a transaction holds
-- a shared lock whose number is at most its batch's id >> 8, from before the id is drawn until it has ended.
create function begin_batch() returns trigger
language plpgsql security definer set search_path from current as $$
begin
    if current_setting('synchronous_commit') not in ('on', 'remote_apply') then
        perform set_config('synchronous_commit', 'on', true);
    end if;
    perform pg_advisory_xact_lock_shared(tg_relid::int, (last_value >> 8)::int) from event_batches_id_seq;
    return null;
end
$$;

revoke execute on function begin_batch() from public;

create trigger begin_batch before insert on event_batches
    for each statement execute function begin_batch();

alter table event_batches enable always trigger refuse_change;
alter table event_batches enable always trigger refuse_update;
alter table event_batches enable always trigger begin_batch;

do $$
begin
    execute format('grant select, insert (source, event_count, ts_min, ts_max) on event_batches to %I',
        current_setting('runledger.writer_role'));
    execute format('grant select on event_batches to %I', current_setting('runledger.reader_role'));
end
$$;
