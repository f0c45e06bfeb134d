with

states as (

    {{ ledger_state_current() }}

),

ledger_rows as (

    select
        account,
        sync_name,
        row_key,
        contact_id,
        coalesce(operation, 'update') as operation,
        status,
        attempts,
        error_code,
        run_id,
        accepted_at,
        recorded_at

    from states

)

select * from ledger_rows
