-- title: Failures
-- description: The failed executions, newest first; the message is the last issue, which says why.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: limit integer | At most so many rows.
-- column: ts timestamp
-- column: run_id text
-- column: node text
-- column: duration_ms integer ms
-- column: message text
-- column: issues texts
select ts, run_id, node, duration_ms, issues[cardinality(issues)] as message, issues
from events
where phase = 'fail'
  and (:since is null or ts >= :since)
  and (:until is null or ts < :until)
  and (:node is null or node = :node)
order by ts desc, position desc
limit :limit
