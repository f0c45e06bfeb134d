with

runs as (

    select
        account,
        sync_name,
        cast(began_at as date) as run_day,
        status,
        accepted,
        rejected,
        pending

    from {{ ref('ledger_runs') }}

),

runs_daily as (

    select
        account,
        sync_name,
        run_day,
        {{ whole_number('count(*)') }} as runs,
        {{ whole_number("sum(case when status = 'succeeded' then 1 else 0 end)") }}
            as runs_succeeded,
        {{ whole_number('sum(accepted + rejected + pending)') }} as rows_sent,
        {{ whole_number('sum(accepted)') }} as rows_accepted,
        {{ whole_number('sum(rejected)') }} as rows_rejected,
        {{ whole_number('sum(pending)') }} as rows_pending

    from runs

    group by account, sync_name, run_day

)

select * from runs_daily
