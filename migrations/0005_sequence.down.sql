-- Drops sequencing; positions given stay in event_batches.

drop function sequence(boolean);
drop table sequencing;
