-- title: Runs with issues
-- description: The runs that raised issues, latest first: their distinct issues, and how many were raised in all.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: limit integer | At most so many rows.
-- column: run_id text
-- column: issues texts
-- column: issue_count integer
-- column: first_ts timestamp
-- column: last_ts timestamp
select run_id, array_agg(distinct issue order by issue) as issues, count(*) as issue_count,
       min(ts) as first_ts, max(ts) as last_ts
from events cross join unnest(issues) as issue
where issues <> '{}'
  and (:since is null or ts >= :since)
  and (:until is null or ts < :until)
  and (:node is null or node = :node)
group by run_id
order by last_ts desc, run_id
limit :limit
