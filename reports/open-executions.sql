-- title: Open executions
-- description: What started long ago and has neither ended nor failed, oldest first, as things stand at the end of the window.
-- parameter: since timestamp | Only executions that started at or after this time.
-- parameter: until timestamp | Only events before this time, up to which an execution is open; without it, until the last event was recorded.
-- parameter: node text | Only this node.
-- parameter: older_than duration = 1h | Only executions that have been open for at least so long.
-- parameter: limit integer | At most so many rows.
-- column: run_id text
-- column: node text
-- column: started_at timestamp
-- column: open_ms integer ms
-- column: service text
with edge as materialized (
    select coalesce(:until, as_of_time()) as now
), stepped as (
    select run_id, node, execution_id,
           count(*) filter (where phase = 'start') as starts, count(*) filter (where phase <> 'start') as closes,
           min(ts) filter (where phase = 'start') as first_start, max(ts) filter (where phase = 'start') as last_start,
           min(ts) filter (where phase <> 'start') as first_close
    from events
    where (:until is null or ts < :until)
      and (:node is null or node = :node)
    group by run_id, node, execution_id
), suspects as materialized (
    -- Pairing is dear, and one start with one end after it leaves nothing open.
    select distinct run_id
    from stepped
    where (starts <> 1 or closes <> 1 or first_start >= first_close)
      and first_start <= (select now from edge) - :older_than
      and (:since is null or last_start >= :since)
)
select run_id, node, started_at, extract(epoch from (select now from edge) - started_at) * 1000 as open_ms, service
from suspects cross join lateral (
    select node, started_at, ended_at, start_position, service
    from executions
    where executions.run_id = suspects.run_id
    offset 0
) as execution
where start_position is not null
  and (ended_at is null or ended_at >= :until)
  and started_at <= (select now from edge) - :older_than
  and (:until is null or started_at < :until)
  and (:since is null or started_at >= :since)
  and (:node is null or node = :node)
order by started_at, start_position
limit :limit
