with

steps as (

    select
        account,
        sync_name,
        run_id,
        run_number,
        target,
        command,
        status,
        planned,
        accepted,
        rejected,
        pending,
        error_code,
        recorded_at

    from {{ ledger_relation('sync_runs') }}

),

-- A run has a row at its start and one at its end; the same tick cannot order them.
steps_numbered as (

    select
        *,
        min(recorded_at) over (partition by account, sync_name, run_id) as began_at,
        row_number() over (
            partition by account, sync_name, run_id
            order by
                case when status = 'running' then 1 else 0 end asc, recorded_at desc
        ) as step_place

    from steps

),

runs as (

    select
        account,
        sync_name,
        run_id,
        coalesce(run_number, 0) as run_number,
        target,
        coalesce(command, 'sync') as command,
        status,
        began_at,
        case when status <> 'running' then recorded_at end as ended_at,
        planned,
        accepted,
        rejected,
        pending,
        error_code,
        row_number() over (
            partition by account, sync_name
            order by coalesce(run_number, 0) desc, began_at desc, run_id desc
        ) as recency_place

    from steps_numbered

    where step_place = 1

)

select * from runs
