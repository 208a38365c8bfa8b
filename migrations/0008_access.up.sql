-- Who may use the service: tokens, of which only a hash is stored, and the tickets of browsers.

create table access_tokens (
    -- What events sent with it have as their source; a name stays taken when its token is revoked.
    name text collate "C" primary key,
    token_sha256 bytea not null unique,
    scopes text[] not null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    revoked_at timestamptz,
    constraint access_tokens_name check (octet_length(name) between 1 and 255 and name !~ '[[:cntrl:]]'),
    constraint access_tokens_token_sha256 check (octet_length(token_sha256) = 32),
    constraint access_tokens_scopes check (
        scopes <> '{}' and scopes <@ array['events:write', 'events:read', 'reports:read', 'admin'])
);

comment on table access_tokens is 'who may use the service; a row is never removed, so that a source stays one sender';

create trigger refuse_change before delete or truncate on access_tokens
    for each statement execute function refuse_change();
-- A token is revoked once; nothing else of it ever changes.
create trigger refuse_update before update on access_tokens
    for each row when (
        old.revoked_at is not null or new.revoked_at is null
        or (new.name, new.token_sha256, new.scopes, new.created_at, new.expires_at)
            is distinct from (old.name, old.token_sha256, old.scopes, old.created_at, old.expires_at))
    execute function refuse_change();
alter table access_tokens enable always trigger refuse_change;
alter table access_tokens enable always trigger refuse_update;

-- A ticket lives for half a minute: a crash of the server may take it.
create unlogged table stream_tickets (
    ticket_sha256 bytea primary key,
    name text collate "C" not null,
    scopes text[] not null,
    expires_at timestamptz not null,
    constraint stream_tickets_ticket_sha256 check (octet_length(ticket_sha256) = 32)
);

comment on table stream_tickets is 'what a browser''s WebSocket shows instead of a token: once, and within 30 seconds';

do $$
begin
    execute format('grant select, insert (name, token_sha256, scopes, expires_at), update (revoked_at)
        on access_tokens to %I', current_setting('runledger.writer_role'));
    execute format('grant select, insert, delete on stream_tickets to %I', current_setting('runledger.writer_role'));
end
$$;

update ledger set contract_version = 2;
