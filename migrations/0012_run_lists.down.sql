drop function runs_with_issues(timestamptz, timestamptz, text, bigint);
drop function list_runs(timestamptz, timestamptz, text, text, bigint, bigint);
drop function overtaken_runs();

create or replace view runs as
    with latest as (
        select *, row_number() over (
                partition by run_id, node
                order by started_at desc, coalesce(start_position, end_position) desc) as recency
        from executions
    ), nodes as (
        select run_id, node,
            count(*) as executions,
            count(start_position) > count(end_position) as is_running,
            min(phase) filter (where recency = 1) as latest_phase,
            count(*) filter (where phase = 'end') > 0 as has_ended,
            count(*) filter (where phase = 'fail') as failures,
            sum(cardinality(issues)) as issue_count,
            count(start_position) + count(end_position) as event_count,
            min(least(case when start_position is not null then started_at end, ended_at)) as first_ts,
            max(greatest(case when start_position is not null then started_at end, ended_at)) as last_ts,
            min(least(start_position, end_position)) as first_position,
            max(greatest(start_position, end_position)) as last_position
        from latest
        group by run_id, node
    )
    select run_id,
        case
            when bool_or(is_running) then 'running'
            when bool_or(latest_phase = 'fail') then 'failed'
            when bool_or(has_ended and node = coalesce(
                nullif(current_setting('runledger.last_node', true), ''), 'REVIEW')) then 'completed'
            else 'idle'
        end as status,
        count(*) filter (where latest_phase = 'end') as nodes_done,
        sum(executions)::bigint as executions,
        sum(failures)::bigint as failures,
        sum(issue_count)::bigint as issue_count,
        sum(event_count)::bigint as event_count,
        min(first_ts) as first_ts,
        max(last_ts) as last_ts,
        min(first_position) as first_position,
        max(last_position) as last_position
    from nodes
    group by run_id;

comment on view runs is 'one row a run. The workflow''s last node is runledger.last_node, REVIEW unless set';
