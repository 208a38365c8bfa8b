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
-- column: rate_change number ratio
-- column: mean_ms number ms
-- column: mean_ms_before number ms
-- column: mean_ms_change number ratio
-- chart: bar node rate_change
with edge as materialized (
    select coalesce(:since, until - interval '24 hours') as since, until
    from (select coalesce(:until, as_of_time()) as until) as given
), finished as (
    select node, phase, duration_ms, ts >= (select since from edge) as is_now
    from events
    where phase <> 'start'
      and ts >= (select since - (until - since) from edge)
      and ts < (select until from edge)
      and (:node is null or node = :node)
), counted as (
    select node,
           count(*) filter (where is_now) as executions,
           count(*) filter (where not is_now) as executions_before,
           count(*) filter (where is_now and phase = 'fail') as failures,
           count(*) filter (where not is_now and phase = 'fail') as failures_before,
           avg(duration_ms) filter (where is_now and phase = 'end') as mean_ms,
           avg(duration_ms) filter (where not is_now and phase = 'end') as mean_ms_before
    from finished
    group by node
), rated as (
    select *, failures::numeric / nullif(executions, 0) as rate,
           failures_before::numeric / nullif(executions_before, 0) as rate_before
    from counted
)
select node, executions, executions_before, failures, failures_before, rate, rate_before,
       rate - rate_before as rate_change, mean_ms, mean_ms_before,
       (mean_ms - mean_ms_before) / nullif(mean_ms_before, 0) as mean_ms_change
from rated
order by node
limit :limit
