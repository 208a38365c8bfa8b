-- title: Slowest executions
-- description: The executions that took longest, whether they ended or failed.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: limit integer = 100 | At most so many rows.
-- column: duration_ms integer ms
-- column: run_id text
-- column: node text
-- column: phase text
-- column: ts timestamp
-- column: issues texts
select duration_ms, run_id, node, phase, ts, issues
from events
where phase <> 'start'
  and (:since is null or ts >= :since)
  and (:until is null or ts < :until)
  and (:node is null or node = :node)
order by duration_ms desc, ts desc, position desc
limit :limit
