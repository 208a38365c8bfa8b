-- title: Sources
-- description: Who wrote what: the events, runs and services of each token and database role.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: limit integer | At most so many rows.
-- column: source text
-- column: events integer
-- column: runs integer
-- column: services texts
-- column: first_ts timestamp
-- column: last_ts timestamp
-- column: first_recorded_at timestamp
-- column: last_recorded_at timestamp
-- chart: bar source events
select source, count(*) as events, count(distinct run_id) as runs,
       coalesce(array_agg(distinct service order by service) filter (where service is not null), '{}') as services,
       min(ts) as first_ts, max(ts) as last_ts,
       min(recorded_at) as first_recorded_at, max(recorded_at) as last_recorded_at
from events
where (:since is null or ts >= :since)
  and (:until is null or ts < :until)
  and (:node is null or node = :node)
group by source
order by events desc, source
limit :limit
