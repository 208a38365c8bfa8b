-- Drops the batches.

drop table event_batches;
drop function begin_batch();
