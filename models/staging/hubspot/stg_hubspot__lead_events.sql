with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

leads_accepted as (

    select
        'hubspot' as source,
        'lead_accepted:' || contact_id as source_event_id,
        contact_id as source_record_id,
        'lead_accepted' as event_name,
        accepted_at as occurred_at,
        loaded_at,
        lead_status as content_name

    from contacts

    where accepted_at is not null

),

leads_rejected as (

    select
        'hubspot' as source,
        'lead_rejected:' || contact_id as source_event_id,
        contact_id as source_record_id,
        'lead_rejected' as event_name,

        -- HubSpot does not date the status: the record's last change stands in.
        updated_at as occurred_at,
        loaded_at,
        lead_status as content_name

    from contacts

    -- The word that HubSpot ships with, and those that most companies choose.
    where
        lower(lead_status) like '%unqualified%'
        or lower(lead_status) like '%disqualified%'
        or lower(lead_status) like '%rejected%'

),

events as (

    {{ as_shape('events', 'leads_accepted') }}

    union all

    {{ as_shape('events', 'leads_rejected') }}

)

select * from events
