-- title: Durations over time
-- description: How long each node's successful executions took, by when they ended; every bucket of the window has a row, with a count of 0 where none ended.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: bucket text (minute, hour, day, week, month) = day | How long a bucket is, by UTC; weeks begin on Monday.
-- parameter: exact boolean = false | Percentiles to the digit in a large ledger too; takes longer.
-- parameter: limit integer | At most so many rows.
-- column: bucket timestamp
-- column: node text
-- column: count integer
-- column: mean_ms number ms
-- column: p50_ms number ms
-- column: p95_ms number ms
-- chart: line bucket mean_ms node
with counted as materialized (
    select * from duration_statistics(:since, :until, :node, :bucket, :exact)
), buckets as (
    select trend_buckets(
        :bucket, coalesce(:since, min(bucket)), coalesce(:until - interval '1 microsecond', max(bucket))) as bucket
    from counted
), nodes as (
    select distinct node from counted
)
select bucket, node, coalesce(event_count, 0) as count, mean_ms, p50_ms, p95_ms
from buckets cross join nodes left join counted using (bucket, node)
order by bucket, node
limit :limit
