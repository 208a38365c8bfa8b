-- Idempotency keys: a request sent again under its key gets the first reply again, for 7 days.

create table ingest_keys (
    source text collate "C" not null,
    key text collate "C" not null,
    body_sha256 bytea not null,
    accepted integer not null,
    duplicates integer not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (source, key),
    constraint ingest_keys_source check (octet_length(source) between 1 and 255),
    constraint ingest_keys_key check (key ~ '^[ -~]{1,255}$'),
    constraint ingest_keys_body_sha256 check (octet_length(body_sha256) = 32),
    constraint ingest_keys_counts check (accepted >= 0 and duplicates >= 0)
);

comment on table ingest_keys is 'what was answered under an idempotency key; kept for 7 days';

create index on ingest_keys (recorded_at);

create function expire_ingest_keys() returns bigint
language sql security definer set search_path from current as $$
    with expired as (
        delete from ingest_keys where recorded_at < clock_timestamp() - interval '7 days' returning 1
    )
    select count(*) from expired
$$;

comment on function expire_ingest_keys() is 'forgets idempotency keys older than 7 days and says how many';

revoke execute on function expire_ingest_keys() from public;

do $$
begin
    execute format('grant select, insert (source, key, body_sha256, accepted, duplicates) on ingest_keys to %I',
        current_setting('runledger.writer_role'));
    execute format('grant execute on function expire_ingest_keys() to %I', current_setting('runledger.writer_role'));
end
$$;
