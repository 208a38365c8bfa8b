-- title: Average duration
-- description: How long each node's successful executions took. Percentiles are exact.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: limit integer | At most so many rows.
-- column: node text
-- column: count integer
-- column: mean_ms number ms
-- column: min_ms integer ms
-- column: max_ms integer ms
-- column: p50_ms number ms
-- column: p90_ms number ms
-- column: p95_ms number ms
-- column: p99_ms number ms
-- chart: bar node mean_ms
select node, count(*), avg(duration_ms) as mean_ms, min(duration_ms) as min_ms, max(duration_ms) as max_ms,
       percentile_cont(0.50) within group (order by duration_ms) as p50_ms,
       percentile_cont(0.90) within group (order by duration_ms) as p90_ms,
       percentile_cont(0.95) within group (order by duration_ms) as p95_ms,
       percentile_cont(0.99) within group (order by duration_ms) as p99_ms
from events
where phase = 'end'
  and (:since is null or ts >= :since)
  and (:until is null or ts < :until)
  and (:node is null or node = :node)
group by node
order by mean_ms desc, node
limit :limit
