-- Drops the events: every attached partition, and every table that was once one and still carries the guard.

drop function ensure_partition(timestamptz);
drop function partitions();
drop table workflow_events;

do $$
declare
    detached regclass;
begin
    for detached in
        select tgrelid from pg_trigger
        where tgfoid = 'refuse_change()'::regprocedure and tgrelid <> 'ledger'::regclass
    loop
        execute format('drop table %s', detached);
    end loop;
end
$$;
