with

failing_rows as (

    select
        account,
        sync_name,
        row_key,
        status,
        coalesce(error_code, 'no_answer') as error_code,
        run_id,
        accepted_at,
        recorded_at

    from {{ ref('ledger_rows') }}

    where status in ('rejected', 'pending')

),

outcomes as (

    select
        account,
        sync_name,
        row_key,
        run_id,
        message,
        recorded_at

    from {{ ref('ledger_outcomes') }}

    where status in ('rejected', 'pending')

),

-- What failed since the row was last accepted; the message is that of the last try.
failures_by_row as (

    select
        failing_rows.account,
        failing_rows.sync_name,
        failing_rows.row_key,
        failing_rows.status,
        failing_rows.error_code,
        coalesce(min(outcomes.recorded_at), failing_rows.recorded_at) as failing_since,
        min(
            case when outcomes.run_id = failing_rows.run_id then outcomes.message end
        ) as message

    from failing_rows

    left join outcomes
        on
            failing_rows.account = outcomes.account
            and failing_rows.sync_name = outcomes.sync_name
            and failing_rows.row_key = outcomes.row_key
            and (
                failing_rows.accepted_at is null
                or failing_rows.accepted_at < outcomes.recorded_at
            )

    group by
        failing_rows.account,
        failing_rows.sync_name,
        failing_rows.row_key,
        failing_rows.status,
        failing_rows.error_code,
        failing_rows.recorded_at

),

rejections as (

    select
        account,
        sync_name,
        error_code,
        {{ whole_number("sum(case when status = 'rejected' then 1 else 0 end)") }}
            as rows_rejected,
        {{ whole_number("sum(case when status = 'pending' then 1 else 0 end)") }}
            as rows_pending,
        min(failing_since) as failing_since,
        min(message) as message_example

    from failures_by_row

    group by account, sync_name, error_code

)

select * from rejections
