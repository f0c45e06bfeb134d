with

limits as (

    select * from {{ ref('sync_limits') }}

),

runs as (

    select * from {{ ref('ledger_runs') }}

),

row_counts as (

    select * from {{ ref('sync_row_counts') }}

),

runs_by_sync as (

    select
        runs.account,
        runs.sync_name,
        max(case when runs.recency_place = 1 then runs.run_id end) as last_run_id,
        max(case when runs.recency_place = 1 then runs.status end) as last_status,
        max(case when runs.recency_place = 1 then runs.error_code end)
            as last_error_code,
        max(runs.began_at) as last_run_at,
        min(runs.began_at) as first_run_at,
        limits.max_hours_since_success,
        limits.max_failed_share,

        -- A retry sends what failed, not what is new. One bad row out of a million is
        -- no failure where the exposure allows for it.
        max(
            case
                when
                    runs.command = 'sync'
                    and (
                        runs.status = 'succeeded'
                        or (
                            runs.status = 'incomplete'
                            and runs.rejected + runs.pending
                            <= limits.max_failed_share * runs.planned
                        )
                    )
                    then runs.ended_at
            end
        ) as last_success_at

    from runs

    inner join limits
        on runs.sync_name = limits.sync_name

    group by
        runs.account,
        runs.sync_name,
        limits.max_hours_since_success,
        limits.max_failed_share

),

measured as (

    select
        runs_by_sync.*,
        coalesce(row_counts.rows_accepted, 0) as rows_accepted,
        coalesce(row_counts.rows_rejected, 0) as rows_rejected,
        coalesce(row_counts.rows_pending, 0) as rows_pending,
        row_counts.failed_share,
        cast(
            24 * {{ days_between(
                'coalesce(runs_by_sync.last_success_at, runs_by_sync.first_run_at)',
                now_utc()
            ) }} as numeric(18, 2)
        ) as hours_without_success

    from runs_by_sync

    left join row_counts
        on
            runs_by_sync.account = row_counts.account
            and runs_by_sync.sync_name = row_counts.sync_name

),

judged as (

    select
        *,
        case
            when last_status = 'stopped'
                then 'the last run stopped: ' || coalesce(last_error_code, 'no code')
            when hours_without_success > max_hours_since_success
                then 'no success for too many hours'
            when failed_share > max_failed_share then 'too many rows failed'
        end as why

    from measured

),

health as (

    select
        account,
        sync_name,
        last_run_id,
        last_run_at,
        last_status,
        last_success_at,
        hours_without_success,
        max_hours_since_success,
        rows_accepted,
        rows_rejected,
        rows_pending,
        failed_share,
        max_failed_share,
        why is null as is_healthy,
        why

    from judged

)

select * from health
