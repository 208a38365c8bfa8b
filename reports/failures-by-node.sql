-- title: Failures by node
-- description: How many of each node's finished executions failed, and how the latest failure ended.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: limit integer | At most so many rows.
-- column: node text
-- column: failures integer
-- column: executions integer
-- column: rate number ratio
-- column: last_ts timestamp
-- column: last_message text
-- chart: bar node rate
with counted as materialized (
    select node, coalesce(sum(event_count) filter (where phase = 'fail'), 0) as failures,
           sum(event_count) as executions, max(last_ts) filter (where phase = 'fail') as last_ts
    from activity(:since, :until, :node)
    where phase <> 'start'
    group by node
)
select node, failures, executions, failures / executions as rate, last_ts, latest.message as last_message
from counted
left join lateral (
    select issues[cardinality(issues)] as message
    from events
    where events.node = counted.node and events.phase = 'fail' and events.ts = counted.last_ts
    order by position desc
    limit 1
) latest on true
order by failures desc, node
limit :limit
