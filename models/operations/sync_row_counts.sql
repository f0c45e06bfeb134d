with

-- A row that was removed there is no row there.
rows_there as (

    select
        account,
        sync_name,
        status

    from {{ ref('ledger_rows') }}

    where
        operation not in ('remove', 'erase')
        or status <> 'accepted'

),

rows_by_status as (

    select
        account,
        sync_name,
        count(*) as row_count,
        sum(case when status = 'accepted' then 1 else 0 end) as rows_accepted,
        sum(case when status = 'rejected' then 1 else 0 end) as rows_rejected,
        sum(case when status = 'pending' then 1 else 0 end) as rows_pending

    from rows_there

    group by account, sync_name

),

row_counts as (

    select
        account,
        sync_name,
        {{ whole_number('rows_accepted') }} as rows_accepted,
        {{ whole_number('rows_rejected') }} as rows_rejected,
        {{ whole_number('rows_pending') }} as rows_pending,
        {{ rounded_ratio('rows_rejected + rows_pending', 'row_count', 4) }}
            as failed_share

    from rows_by_status

)

select * from row_counts
