-- Drops the ledger's identity and the guard.

drop table ledger;
drop function refuse_change();
