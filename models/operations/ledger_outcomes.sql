with

outcomes as (

    select
        account,
        sync_name,
        run_id,
        coalesce(run_number, 0) as run_number,
        token,
        row_key,
        contact_id,
        operation,
        status,
        error_code,
        message,
        recorded_at

    from {{ ledger_relation('sync_log') }}

)

select * from outcomes
