{{ config(materialized='view') }}

{%- set properties = event_properties()['text'] + event_properties()['number'] -%}

with

contact_events as (

    select
        event_id,
        contact_id,
        event_name,
        occurred_at,
        is_excluded,
        exclusion_reason,
        {{ properties | join(',\n        ') }}

    from {{ ref('contact_events') }}

),

event_catalog as (

    select
        event_name,
        is_activity = 'true' as is_activity

    from {{ ref('event_catalog') }}

),

field_events as (

    select
        contact_events.event_id,
        contact_events.contact_id,
        contact_events.event_name,
        contact_events.occurred_at,
        event_catalog.is_activity,
        {{ columns_of('contact_events', properties) }}

    from contact_events

    inner join event_catalog
        on contact_events.event_name = event_catalog.event_name

    where not contact_events.is_excluded

    union all

    -- Behind a proxy nobody knows who opens: it is no open that counts for anything,
    -- yet it ends a run of unopened mails: no reader is punished for the program.
    select
        event_id,
        contact_id,
        'opened_by_proxy' as event_name,
        occurred_at,
        false as is_activity,
        {{ columns_of('contact_events', properties) }}

    from contact_events

    where exclusion_reason = 'privacy_proxy'

)

select * from field_events
