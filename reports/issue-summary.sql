-- title: Issues
-- description: Which issues were raised, those that differ only in their numbers as one, the most frequent first.
-- parameter: since timestamp | Only events at or after this time.
-- parameter: until timestamp | Only events before this time.
-- parameter: node text | Only this node.
-- parameter: limit integer | At most so many rows.
-- column: issue text
-- column: count integer
-- column: nodes texts
-- column: runs integer
-- column: first_ts timestamp
-- column: last_ts timestamp
-- chart: bar issue count
select regexp_replace(issue, '[0-9]+([.,][0-9]+)*', '#', 'g') as issue, count(*),
       array_agg(distinct node order by node) as nodes, count(distinct run_id) as runs,
       min(ts) as first_ts, max(ts) as last_ts
from events cross join unnest(issues) as raised (issue)
where issues <> '{}'
  and (:since is null or ts >= :since)
  and (:until is null or ts < :until)
  and (:node is null or node = :node)
group by 1
order by count desc, 1
limit :limit
