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
select run_id, issues, issue_count, first_ts, last_ts
from runs_with_issues(:since, :until, :node, :limit)
order by last_ts desc, run_id
