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
with finished as (
    select node, phase, ts, position, issues
    from events
    where phase <> 'start'
      and (:since is null or ts >= :since)
      and (:until is null or ts < :until)
      and (:node is null or node = :node)
), latest as (
    select distinct on (node) node, ts, issues[cardinality(issues)] as message
    from finished
    where phase = 'fail'
    order by node, ts desc, position desc
), counted as (
    select node, count(*) filter (where phase = 'fail') as failures, count(*) as executions
    from finished
    group by node
)
select node, failures, executions, failures::numeric / executions as rate,
       latest.ts as last_ts, latest.message as last_message
from counted left join latest using (node)
order by failures desc, node
limit :limit
