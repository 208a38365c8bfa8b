drop trigger forget_rollups on ledger;
drop function forget_rollups();
drop function reset_rollups();
drop function roll_up(bigint);
drop function sketch_value(smallint);
drop function sketch_bucket(bigint);
drop index workflow_events_ts_brin;
drop table run_summaries, rollup_cells, rollup;
alter table ledger drop column last_node;
