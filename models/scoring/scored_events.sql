{{ config(materialized='view') }}

with

contact_events as (

    select * from {{ ref('contact_events') }}

),

scored_events as (

    select
        event_id,
        contact_id,
        event_name,
        occurred_at,
        {{ columns_of('contact_events', event_properties()['text']) }},
        {{ columns_of('contact_events', event_properties()['number']) }}

    from contact_events

    where not is_excluded

)

select * from scored_events
