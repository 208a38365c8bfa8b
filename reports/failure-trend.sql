-- title: Failures over time
-- description: How many of each node's finished executions failed, by when they finished; every bucket of the window has a row, without a rate where none finished.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: bucket text (minute, hour, day, week, month) = day | How long a bucket is, by UTC; weeks begin on Monday.
-- parameter: limit integer | At most so many rows.
-- column: bucket timestamp
-- column: node text
-- column: failures integer
-- column: executions integer
-- column: rate number ratio
-- chart: line bucket rate node
with counted as materialized (
    select date_trunc(:bucket, at) as bucket, node, sum(event_count) as executions,
           coalesce(sum(event_count) filter (where phase = 'fail'), 0) as failures
    from activity(:since, :until, :node, :bucket)
    where phase <> 'start'
    group by 1, 2
), buckets as (
    select trend_buckets(
        :bucket, coalesce(:since, min(bucket)), coalesce(:until - interval '1 microsecond', max(bucket))) as bucket
    from counted
), nodes as (
    select distinct node from counted
)
select bucket, node, coalesce(failures, 0) as failures, coalesce(executions, 0) as executions,
       failures / executions as rate
from buckets cross join nodes left join counted using (bucket, node)
order by bucket, node
limit :limit
