with

events as (

    {{ union_of_sources('events') }}

),

-- Whoever was forgotten stays out.
suppressed as (

    select * from {{ ref('suppressed_values') }}

    where shape = 'events'

),

events_kept as (

    select *

    from events

    where not {{ is_suppressed('events') }}

),

event_catalog as (

    select event_name as known_event_name

    from {{ ref('event_catalog') }}

),

source_countries as (

    select * from {{ ref('source_countries') }}

),

events_dialled as (

    select
        *,
        {{ phone_digits('phone') }} as phone_digits

    from events_kept

),

events_normalised as (

    select
        events.source,
        events.source_event_id,
        nullif(trim(events.source_record_id), '') as source_record_id,
        {{ normalize_email('events.email') }} as email,
        {{ normalize_phone('events.phone_digits', 'source_countries') }} as phone,
        nullif(trim(events.external_id), '') as external_id,
        nullif(trim(events.anonymous_id), '') as anonymous_id,
        {{ columns_of('events', event_attributes()) }},
        event_catalog.known_event_name

    from events_dialled as events

    left join source_countries
        on events.source = source_countries.source

    left join event_catalog
        on events.event_name = event_catalog.known_event_name

)

select * from events_normalised
