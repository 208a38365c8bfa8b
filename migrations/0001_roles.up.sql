-- runledger: as-login
--
-- The roles, the schema, and the record of applied migrations.
--
-- Three roles a ledger: the owner owns every object and does not log in, the writer stores events, the reader asks.
-- This file runs as the login that migrates; every later one runs as the owner.
-- A role or schema that exists already is used as it is; what this file makes carries a comment, by which
-- the down file knows what it may drop.

do $$
declare
    schema_name text := current_setting('runledger.schema');
    owner_role text := current_setting('runledger.owner_role');
    writer_role text := current_setting('runledger.writer_role');
    reader_role text := current_setting('runledger.reader_role');
    membership text := case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end;
    role_name text;
begin
    foreach role_name in array array[owner_role, writer_role, reader_role] loop
        continue when exists (select from pg_roles where rolname = role_name);
        begin
            execute format('create role %I %s', role_name,
                case role_name when owner_role then 'nologin' else 'login' end);
            execute format('alter role %I set search_path = %I', role_name, schema_name);
            execute format('comment on role %I is %L', role_name, 'made by runledger');
        exception
            -- Roles belong to the whole cluster: another database may be making the same one.
            when duplicate_object or unique_violation then null;
        end;
    end loop;

    if not pg_has_role(current_user, owner_role, membership) then
        begin
            execute format('grant %I to current_user', owner_role);
        exception
            when unique_violation then null;
        end;
    end if;

    if not exists (select from pg_namespace where nspname = schema_name) then
        execute format('create schema %I authorization %I', schema_name, owner_role);
        execute format('comment on schema %I is %L', schema_name, 'made by runledger');
    elsif has_schema_privilege('public', schema_name, 'CREATE') then
        -- Whoever may create a function beside the owner's could have the owner's functions call it.
        raise exception 'everybody may create objects in schema %', schema_name using
            errcode = 'RL005',
            hint = format('Choose another schema, or: revoke create on schema %I from public', schema_name);
    end if;

    if not has_schema_privilege(owner_role, schema_name, 'CREATE')
        or not has_schema_privilege(owner_role, schema_name, 'USAGE') then
        execute format('grant create, usage on schema %I to %I', schema_name, owner_role);
    end if;
    if pg_has_role(owner_role, (select nspowner from pg_namespace where nspname = schema_name), 'USAGE') then
        perform set_config('role', owner_role, true);
    end if;
    foreach role_name in array array[writer_role, reader_role] loop
        continue when has_schema_privilege(role_name, schema_name, 'USAGE');
        execute format('grant usage on schema %I to %I', schema_name, role_name);
    end loop;
    perform set_config('role', owner_role, true);
exception
    when insufficient_privilege then
        raise exception '% may not prepare the ledger: %', session_user, sqlerrm using
            errcode = 'insufficient_privilege',
            hint = 'Have a database administrator run the SQL that "runledger migrate up --print-roles" prints.';
end
$$;

create table schema_migrations (
    version integer primary key,
    name text not null,
    sha256 bytea not null check (octet_length(sha256) = 32),
    applied_at timestamptz not null default clock_timestamp(),
    duration_ms bigint not null,
    applied_by text not null default session_user
);

comment on table schema_migrations is 'the migrations that made this schema, with the SHA-256 of each file';

do $$
begin
    execute format('grant select on schema_migrations to %I, %I',
        current_setting('runledger.writer_role'), current_setting('runledger.reader_role'));
end
$$;
