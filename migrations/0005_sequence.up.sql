-- Sequencing: committed batches get their positions, dense and in order, whoever asks.

create table sequencing (
    singleton boolean primary key default true check (singleton),
    -- Every batch with a lower id has its position or will never have one.
    floor bigint not null default 0
);

comment on table sequencing is 'one row: below which batch id sequence() need not look';

insert into sequencing default values;

create trigger refuse_change before delete or truncate on sequencing
    for each statement execute function refuse_change();
alter table sequencing enable always trigger refuse_change;

-- The order of statements matters here: under read committed each has a snapshot of its own.
-- The planner's settings keep a plan that was made for a small table from scanning a large one.
create function sequence(wait boolean default true) returns bigint
language plpgsql security definer
set search_path from current
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
    low bigint;
    raised bigint;
    head bigint;
    at timestamptz;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'sequence() needs a transaction at isolation level read committed' using
            errcode = 'RL003', hint = 'Call it by itself, outside a transaction.';
    end if;

    -- With nothing to do, nothing is locked or written.
    low := (select floor from sequencing);
    if exists (select from event_batches where first_position is null and id >= low) then
        if wait then
            perform pg_advisory_xact_lock('sequencing'::regclass::int, 0);
        elsif not pg_try_advisory_xact_lock('sequencing'::regclass::int, 0) then
            return null;
        end if;

        -- Positions must outlive a crash once a reader has seen them.
        if current_setting('synchronous_commit') not in ('on', 'remote_apply') then
            perform set_config('synchronous_commit', 'on', true);
        end if;

        -- Whoever is not among the holders of begin_batch()'s locks has ended, or will draw an id above last_value.
        low := (select floor from sequencing);
        raised := (select last_value from event_batches_id_seq);
        if raised >= low + 1024 then
            raised := least(raised, (
                select min(objid::bigint) << 8 from pg_locks
                where locktype = 'advisory' and objsubid = 2 and classid = 'event_batches'::regclass
                    and database = (select oid from pg_database where datname = current_database())));
        end if;

        -- Time does not run backwards along positions, whatever the clock does.
        select first_position + event_count - 1, greatest(clock_timestamp(), sequenced_at) into head, at
            from event_batches where first_position is not null order by first_position desc limit 1;
        with pending as (
            select id, sum(event_count) over (order by id) - event_count as preceding
            from event_batches where first_position is null and id >= low
        )
        update event_batches b
            set first_position = coalesce(head, 0) + 1 + p.preceding, sequenced_at = coalesce(at, clock_timestamp())
            from pending p where b.id = p.id;

        if raised >= low + 1024 then
            update sequencing set floor = raised;
        end if;
    end if;

    return coalesce((
        select first_position + event_count - 1
        from event_batches where first_position is not null order by first_position desc limit 1), 0);
end
$$;

comment on function sequence(boolean) is
    'gives every committed batch its position and returns the highest; null if another call is at it and wait is false';

revoke execute on function sequence(boolean) from public;

do $$
begin
    execute format('grant execute on function sequence(boolean) to %I, %I',
        current_setting('runledger.writer_role'), current_setting('runledger.reader_role'));
end
$$;
