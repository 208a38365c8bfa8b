-- What a database administrator runs, connected to the ledger's database, where the login that migrates may not create
-- roles or schemas; "runledger migrate up" then uses what it finds. The names are psql variables:
-- psql -v schema=runledger -v owner=runledger_owner -v writer=runledger_writer -v reader=runledger_reader \
--     -v login=LOGIN -f roles.sql

create role :"owner" nologin;
create role :"writer" login;
create role :"reader" login;
alter role :"owner" set search_path = :"schema";
alter role :"writer" set search_path = :"schema";
alter role :"reader" set search_path = :"schema";

grant :"owner" to :"login";
create schema :"schema" authorization :"owner";
