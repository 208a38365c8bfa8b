-- Drops the idempotency keys.

drop function expire_ingest_keys();
drop table ingest_keys;
