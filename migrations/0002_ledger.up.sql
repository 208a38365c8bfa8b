-- The ledger itself: its identity, its settings, and the guard that keeps stored rows as they are.

create function refuse_change() returns trigger
language plpgsql set search_path from current as $$
begin
    raise exception 'the ledger is append-only: % on % is refused', lower(tg_op), tg_table_name using
        errcode = 'RL001',
        detail = 'Stored rows are never updated, deleted or truncated, so that an answer once given stays true.',
        hint = 'Record what is right as new events. Removing old events will be an audited operation of runledger.';
end
$$;

create table ledger (
    singleton boolean primary key default true check (singleton),
    id uuid not null default gen_random_uuid(),
    created_at timestamptz not null default clock_timestamp(),
    -- What writers and readers of this schema may rely on; 0 until the last migration of the first release.
    contract_version integer not null default 0,
    partition_granularity text not null default 'month'
        check (partition_granularity in ('month', 'week', 'day')),
    partition_maximum integer not null default 600 check (partition_maximum > 0),
    -- Whose rights reports have.
    reader_role name not null default current_setting('runledger.reader_role'),
    -- Events before this time may have been removed; null means that every event is still there.
    retained_from timestamptz
);

comment on table ledger is 'one row: which ledger this is, its contract and its settings';

insert into ledger default values;

create trigger refuse_change before delete or truncate on ledger
    for each statement execute function refuse_change();
create trigger refuse_another_identity before update on ledger
    for each row when (new.id <> old.id or new.created_at <> old.created_at)
    execute function refuse_change();
alter table ledger enable always trigger refuse_change;
alter table ledger enable always trigger refuse_another_identity;

do $$
begin
    execute format('grant select on ledger to %I, %I',
        current_setting('runledger.writer_role'), current_setting('runledger.reader_role'));
end
$$;
