-- Takes the bounds by time of recording, runledger's own events, the batches and the buckets from reports again.

update ledger set contract_version = 2;
drop function trend_buckets(text, timestamptz, timestamptz);
drop function as_of_time();
drop view batches;

create or replace view events as
    select * from ledger_events
    where batch_position <= (select as_of()) and position <= (select as_of()) and node not like 'runledger.%';

comment on view events is 'ledger_events up to position as_of(), without runledger''s own';

drop view all_events;
drop function recorded_until();
drop function recorded_since();
