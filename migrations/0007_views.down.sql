-- Drops the views, and with them the contract.

update ledger set contract_version = 0;
drop view runs;
drop view executions;
drop view events;
drop function as_of();
drop function ledger_events_after(bigint, bigint);
drop view ledger_events;
