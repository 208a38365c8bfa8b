-- title: Metrics
-- description: What each node measured: how often, the mean, the extremes and the 95th percentile, which is exact.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: metric text | Only the metric of this name.
-- parameter: limit integer | At most so many rows.
-- column: node text
-- column: metric text
-- column: count integer
-- column: mean number
-- column: min number
-- column: max number
-- column: p95 number
-- percentiles: exact
select node, metric, count(*), case when abs(avg(value)) < 2.5e-324 then 0 else avg(value) end as mean,
       min(value) as min, max(value) as max,
       percentile_cont(0.95) within group (order by value::double precision) as p95
from (
    -- What is too small for a double is zero.
    select node, key collate "C" as metric,
           case when abs(value::numeric) < 2.5e-324 then 0 else value::numeric end as value
    from events cross join jsonb_each(
        case when :metric is null then metrics else jsonb_build_object(:metric, metrics -> :metric) end
    ) as measured (key, value)
    where metrics <> '{}'
      and (:since is null or ts >= :since)
      and (:until is null or ts < :until)
      and (:node is null or node = :node)
      and (:metric is null or metrics ? :metric)
) as measurement
group by node, metric
order by node, metric
limit :limit
