-- Drops what was made on schedule.

drop table report_deliveries;
drop table report_artifacts;
drop table report_executions;
drop table report_schedules;
