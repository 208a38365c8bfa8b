-- title: Late events
-- description: The events that were recorded long after they happened, the latest first.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: later_than duration = 1h | Only events recorded at least so long after they happened.
-- parameter: limit integer | At most so many rows.
-- column: lateness_ms integer ms
-- column: ts timestamp
-- column: recorded_at timestamp
-- column: source text
-- column: run_id text
-- column: node text
-- column: phase text
-- column: position integer
select extract(epoch from recorded_at - ts) * 1000 as lateness_ms, ts, recorded_at, source, run_id, node, phase, position
from events
where recorded_at - ts >= :later_than
  and (:since is null or ts >= :since)
  and (:until is null or ts < :until)
  and (:node is null or node = :node)
order by recorded_at - ts desc, position
limit :limit
