-- What is made on schedule: which slots were dealt with, what was made of each, and where it was delivered.

create table report_schedules (
    name text collate "C" primary key,
    first_seen_at timestamptz not null,
    -- Up to here every slot has its executions, or was passed over; null before the first.
    last_slot timestamptz,
    constraint report_schedules_name check (octet_length(name) between 1 and 255)
);

comment on table report_schedules is 'how far the slots of each schedule have been dealt with';

-- The unique key, and no election, is what has each report of a slot made once.
create table report_executions (
    id bigint generated always as identity primary key,
    schedule text collate "C" not null,
    report text collate "C" not null,
    slot timestamptz not null,
    state text not null default 'making',
    -- How often it was begun; it tells the one who is at it from those whose lease ran out.
    attempts integer not null default 0,
    -- While it is made: the lease of who is at it, after a failure: the wait before the next attempt.
    claimed_until timestamptz,
    parameters jsonb,
    as_of_position bigint,
    row_count integer,
    rows_sha256 bytea,
    truncated boolean,
    -- Why it failed, or the latest attempt did.
    error text,
    created_at timestamptz not null,
    finished_at timestamptz,
    unique (schedule, report, slot),
    constraint report_executions_state check (state in ('making', 'made', 'failed')),
    constraint report_executions_claimed_until check ((state = 'making') = (claimed_until is not null)),
    constraint report_executions_finished_at check ((state = 'making') = (finished_at is null)),
    constraint report_executions_made check (
        state <> 'made'
        or (parameters is not null and as_of_position is not null and row_count is not null
            and octet_length(rows_sha256) = 32 and truncated is not null and error is null)),
    constraint report_executions_failed check (state <> 'failed' or error is not null)
);

comment on table report_executions is 'one row for each report of a slot';

create index on report_executions (claimed_until) where state = 'making';

create table report_artifacts (
    execution_id bigint not null references report_executions,
    format text collate "C" not null,
    sha256 bytea not null,
    bytes bigint not null,
    -- Null once it is delivered, or given up, everywhere.
    content bytea,
    primary key (execution_id, format),
    constraint report_artifacts_sha256 check (octet_length(sha256) = 32),
    constraint report_artifacts_content check (octet_length(content) = bytes)
);

comment on table report_artifacts is 'a report in a format; its content is kept until it is delivered';

create table report_deliveries (
    id bigint generated always as identity primary key,
    execution_id bigint not null,
    format text collate "C" not null,
    kind text not null,
    -- A directory's path, or a webhook's origin: what follows in its URL may be a secret.
    target text not null,
    -- Finds the whole target in the file of schedules.
    target_sha256 bytea not null,
    idempotency_key text collate "C" not null,
    state text not null default 'pending',
    attempts integer not null default 0,
    -- When to try next; while somebody tries, the end of their lease.
    next_attempt_at timestamptz,
    first_attempt_at timestamptz,
    delivered_at timestamptz,
    -- Why it failed, or the latest attempt did.
    error text,
    created_at timestamptz not null,
    foreign key (execution_id, format) references report_artifacts,
    unique (execution_id, format, target_sha256),
    -- Webhooks of one artifact share its key, each of which knows only its own requests.
    unique (idempotency_key, target_sha256),
    constraint report_deliveries_kind check (kind in ('directory', 'webhook')),
    constraint report_deliveries_target_sha256 check (octet_length(target_sha256) = 32),
    constraint report_deliveries_state check (state in ('pending', 'delivered', 'failed')),
    constraint report_deliveries_next_attempt_at check ((state = 'pending') = (next_attempt_at is not null)),
    constraint report_deliveries_delivered_at check ((state = 'delivered') = (delivered_at is not null))
);

comment on table report_deliveries is 'where an artifact goes, and whether it has come there';

create index on report_deliveries (next_attempt_at) where state = 'pending';

do $$
declare
    writer_role text := current_setting('runledger.writer_role');
    reader_role text := current_setting('runledger.reader_role');
begin
    execute format('grant select, insert on report_schedules, report_executions, report_artifacts, report_deliveries
        to %I', writer_role);
    execute format('grant update (last_slot) on report_schedules to %I', writer_role);
    execute format('grant update (state, attempts, claimed_until, parameters, as_of_position, row_count, rows_sha256,
        truncated, error, finished_at) on report_executions to %I', writer_role);
    execute format('grant update (content) on report_artifacts to %I', writer_role);
    execute format('grant update (state, attempts, next_attempt_at, first_attempt_at, delivered_at, error)
        on report_deliveries to %I', writer_role);
    execute format('grant select on report_schedules, report_executions, report_deliveries to %I', reader_role);
    execute format('grant select (execution_id, format, sha256, bytes) on report_artifacts to %I', reader_role);
end
$$;
