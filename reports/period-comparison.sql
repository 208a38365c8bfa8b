-- title: Comparison with the period before
-- description: Each node's finished executions in a window and in the equally long one before it. rate_change is a difference, mean_ms_change a share of the mean before.
-- parameter: since timestamp | When the window begins; without it, 24 hours before its end.
-- parameter: until timestamp | When the window ends; without it, when the last event was recorded.
-- parameter: node text | Only this node.
-- parameter: limit integer | At most so many rows.
-- column: node text
-- column: executions integer
-- column: executions_before integer
-- column: failures integer
-- column: failures_before integer
-- column: rate number ratio
-- column: rate_before number ratio
-- column: rate_change number ratio-difference
-- column: mean_ms number ms
-- column: mean_ms_before number ms
-- column: mean_ms_change number ratio
-- chart: bar node rate_change
with period as materialized (
    select since, until, until - since as length
    from (
        select resolved_parameter('since', coalesce(:since, until - interval '24 hours')) as since, until
        from (select resolved_parameter('until', coalesce(:until, as_of_time())) as until offset 0) as given
        offset 0
    ) as chosen
), pieces as (
    select true as is_now, a.* from period p cross join activity(p.since, p.until, :node) a
    union all
    select false, a.* from period p cross join activity(p.since - p.length, p.since, :node) a
), counted as (
    select node,
           coalesce(sum(event_count) filter (where is_now), 0) as executions,
           coalesce(sum(event_count) filter (where not is_now), 0) as executions_before,
           coalesce(sum(event_count) filter (where is_now and phase = 'fail'), 0) as failures,
           coalesce(sum(event_count) filter (where not is_now and phase = 'fail'), 0) as failures_before,
           sum(duration_sum) filter (where is_now and phase = 'end')
               / sum(event_count) filter (where is_now and phase = 'end') as mean_ms,
           sum(duration_sum) filter (where not is_now and phase = 'end')
               / sum(event_count) filter (where not is_now and phase = 'end') as mean_ms_before
    from pieces
    where phase <> 'start'
    group by node
), rated as (
    select *, failures / nullif(executions, 0) as rate, failures_before / nullif(executions_before, 0) as rate_before
    from counted
)
select node, executions, executions_before, failures, failures_before, rate, rate_before,
       rate - rate_before as rate_change, mean_ms, mean_ms_before,
       (mean_ms - mean_ms_before) / nullif(mean_ms_before, 0) as mean_ms_change
from rated
order by node
limit :limit
