-- title: Runs
-- description: How each run stands and what it holds, newest first by its first recorded event.
-- parameter: since timestamp | Only runs whose last event is at or after this time.
-- parameter: until timestamp | Only runs whose first event is before this time.
-- parameter: node text | Only runs in which this node took part, at whatever time.
-- parameter: status text (running, failed, completed, idle) | Only runs that stand so.
-- parameter: limit integer | At most so many rows.
-- column: run_id text
-- column: status text
-- column: nodes_done integer
-- column: executions integer
-- column: failures integer
-- column: issue_count integer
-- column: event_count integer
-- column: first_ts timestamp
-- column: last_ts timestamp
select run_id, status, nodes_done, executions, failures, issue_count, event_count, first_ts, last_ts
from list_runs(:since, :until, :node, :status, null, :limit)
order by first_position desc
