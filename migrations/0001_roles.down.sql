-- runledger: as-login
--
-- Drops the record of migrations, and of the schema and the roles those that 0001_roles.up.sql made.
-- A role that another database still uses stays.

drop table schema_migrations;

do $$
declare
    schema_name text := current_setting('runledger.schema');
    roles text[] := array[
        current_setting('runledger.owner_role'),
        current_setting('runledger.writer_role'),
        current_setting('runledger.reader_role')];
    role_name text;
    schema_owner text := (select pg_get_userbyid(nspowner) from pg_namespace where nspname = schema_name);
begin
    if schema_owner = roles[1] then
        perform set_config('role', schema_owner, true);
    end if;
    if obj_description(to_regnamespace(quote_ident(schema_name)), 'pg_namespace') = 'made by runledger' then
        execute format('drop schema %I', schema_name);
    else
        foreach role_name in array roles loop
            continue when role_name = schema_owner;
            execute format('revoke all on schema %I from %I', schema_name, role_name);
        end loop;
    end if;
    perform set_config('role', 'none', true);

    foreach role_name in array roles loop
        continue when shobj_description(
            (select oid from pg_roles where rolname = role_name), 'pg_authid') is distinct from 'made by runledger';
        begin
            execute format('drop role %I', role_name);
        exception
            when dependent_objects_still_exist then
                raise notice 'role % is used elsewhere and stays', role_name;
        end;
    end loop;
end
$$;
