-- Drops the tokens and tickets.

drop table stream_tickets;
drop table access_tokens;
update ledger set contract_version = 1;
