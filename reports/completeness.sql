-- title: Completeness
-- description: What was recorded each UTC day by each source, runledger's own events included, and how many positions no event holds: 0 in every row of a sound ledger.
-- parameter: since timestamp | Only what was recorded at or after this time.
-- parameter: until timestamp | Only what was recorded before this time.
-- parameter: source text | Only this source.
-- parameter: limit integer | At most so many rows.
-- column: day timestamp
-- column: source text
-- column: events integer
-- column: batches integer
-- column: first_position integer
-- column: last_position integer
-- column: first_recorded_at timestamp
-- column: last_recorded_at timestamp
-- column: missing integer
-- chart: bar day events source
with given as (
    select date_trunc('day', recorded_at, 'UTC') as day, source, count(*) as batches, sum(event_count) as positions,
           min(first_position) as first_position, max(last_position) as last_position,
           min(recorded_at) as first_recorded_at, max(recorded_at) as last_recorded_at, sum(abs(gap)) as gaps
    from batches
    where (:since is null or recorded_at >= :since)
      and (:until is null or recorded_at < :until)
      and (:source is null or source = :source)
    group by 1, 2
), held as (
    select date_trunc('day', recorded_at, 'UTC') as day, source, count(*) as events
    from all_events
    where (:since is null or recorded_at >= :since)
      and (:until is null or recorded_at < :until)
      and (:source is null or source = :source)
    group by 1, 2
)
select day, source, coalesce(events, 0) as events, batches, first_position, last_position,
       first_recorded_at, last_recorded_at, gaps + abs(positions - coalesce(events, 0)) as missing
from given left join held using (day, source)
order by day, source
limit :limit
