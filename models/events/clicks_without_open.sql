{%- set seconds = 10 -%}

with

mail_events as (

    select
        source,
        source_event_id,
        record_key,
        coalesce(campaign, '') as campaign,
        coalesce(content_name, '') as content_name,
        event_name,
        occurred_at

    from {{ ref('source_events') }}

    where
        quarantine_reason is null
        and event_name in (
            'email_delivered', {{ "'" ~ mail_touches() | join("', '") ~ "'" }}
        )

),

clicks as (

    select * from mail_events

    where event_name = 'email_clicked'

),

deliveries as (

    select
        *,
        {{ dbt.dateadd('second', seconds, 'occurred_at') }} as read_at_the_earliest

    from mail_events

    where event_name = 'email_delivered'

),

opens as (

    select * from mail_events

    where event_name not in ('email_clicked', 'email_delivered')

),

-- A source that never tells of opens cannot lack one.
sources_with_opens as (

    select distinct source

    from opens

),

-- Readers who load no images click without an open too, but not the moment it arrives.
clicks_at_delivery as (

    select distinct clicks.*

    from clicks

    inner join sources_with_opens
        on clicks.source = sources_with_opens.source

    inner join deliveries
        on
            clicks.source = deliveries.source
            and clicks.record_key = deliveries.record_key
            and clicks.campaign = deliveries.campaign
            and clicks.content_name = deliveries.content_name
            and clicks.occurred_at >= deliveries.occurred_at
            and clicks.occurred_at <= deliveries.read_at_the_earliest

),

clicks_without_open as (

    select
        clicks_at_delivery.source,
        clicks_at_delivery.source_event_id

    from clicks_at_delivery

    left join opens
        on
            clicks_at_delivery.source = opens.source
            and clicks_at_delivery.record_key = opens.record_key
            and clicks_at_delivery.campaign = opens.campaign
            and clicks_at_delivery.content_name = opens.content_name
            and clicks_at_delivery.occurred_at >= opens.occurred_at

    where opens.source is null

)

select * from clicks_without_open
