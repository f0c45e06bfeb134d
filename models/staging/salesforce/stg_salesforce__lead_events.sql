with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

lead_changes as (

    {{ raw_columns('salesforce', 'lead_history') }}

),

status_times as (

    select
        {{ clean_text('lead_id') }} as lead_id,
        {{ clean_text('new_value') }} as lead_status,
        max({{ safe_cast_timestamp('created_date') }}) as changed_at

    from lead_changes

    where lower({{ clean_text('field') }}) = 'status'

    group by {{ clean_text('lead_id') }}, {{ clean_text('new_value') }}

),

leads_accepted as (

    select
        'salesforce' as source,
        'lead_accepted:' || lead_id as source_event_id,
        lead_id as source_record_id,
        'lead_accepted' as event_name,
        converted_at as occurred_at,
        loaded_at,
        lead_status as content_name

    from leads

    -- Who converts a lead has taken it on as an account to sell to.
    where is_converted

),

leads_rejected as (

    select
        'salesforce' as source,
        'lead_rejected:' || leads.lead_id as source_event_id,
        leads.lead_id as source_record_id,
        'lead_rejected' as event_name,

        -- Without the history of the field, the record's last change stands in.
        coalesce(status_times.changed_at, leads.updated_at) as occurred_at,
        leads.loaded_at,
        leads.lead_status as content_name

    from leads

    left join status_times
        on
            leads.lead_id = status_times.lead_id
            and leads.lead_status = status_times.lead_status

    -- The word that Salesforce ships with, and those that most companies choose.
    where
        not leads.is_converted
        and (
            lower(leads.lead_status) like '%not converted%'
            or lower(leads.lead_status) like '%unqualified%'
            or lower(leads.lead_status) like '%disqualified%'
            or lower(leads.lead_status) like '%rejected%'
        )

),

events as (

    {{ as_shape('events', 'leads_accepted') }}

    union all

    {{ as_shape('events', 'leads_rejected') }}

)

select * from events
