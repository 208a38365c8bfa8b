-- title: Average duration
-- description: How long each node's successful executions took.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: exact boolean = false | Percentiles to the digit in a large ledger too; takes longer.
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
select node, event_count as count, mean_ms, min_ms, max_ms, p50_ms, p90_ms, p95_ms, p99_ms
from duration_statistics(:since, :until, :node, 'all', :exact)
order by mean_ms desc, node
limit :limit
