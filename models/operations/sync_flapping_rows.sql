with

accepted_writes as (

    select
        account,
        sync_name,
        row_key,
        contact_id,
        recorded_at

    from {{ ref('ledger_outcomes') }}

    where
        status = 'accepted'
        and operation <> 'erase'

),

-- Counted back from what the sync did last: a pause by itself calms no row.
newest_writes as (

    select
        account,
        sync_name,
        max(recorded_at) as newest_at

    from accepted_writes

    group by account, sync_name

),

writes_of_two_weeks as (

    select
        accepted_writes.account,
        accepted_writes.sync_name,
        accepted_writes.row_key,
        max(accepted_writes.contact_id) as contact_id,
        {{ whole_number('count(*)') }} as times_sent,
        min(accepted_writes.recorded_at) as first_sent_at,
        max(accepted_writes.recorded_at) as last_sent_at

    from accepted_writes

    inner join newest_writes
        on
            accepted_writes.account = newest_writes.account
            and accepted_writes.sync_name = newest_writes.sync_name

    where
        {{ days_between('accepted_writes.recorded_at', 'newest_writes.newest_at') }}
        <= 14

    group by
        accepted_writes.account, accepted_writes.sync_name, accepted_writes.row_key

),

flapping_rows as (

    select * from writes_of_two_weeks

    where times_sent >= 5

)

select * from flapping_rows
