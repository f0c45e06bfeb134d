with

events as (

    {{ union_of_sources('events') }}

),

event_catalog as (

    select event_name as known_event_name

    from {{ ref('event_catalog') }}

),

home_country as (

    select calling_code

    from {{ ref('calling_codes') }}

    where country_name = lower('{{ var("default_country") }}')

),

events_normalised as (

    select
        events.source,
        events.source_event_id,
        nullif(trim(events.source_record_id), '') as source_record_id,
        {{ normalize_email('events.email') }} as email,
        {{ normalize_phone('events.phone', 'home_country.calling_code') }} as phone,
        nullif(trim(events.external_id), '') as external_id,
        nullif(trim(events.anonymous_id), '') as anonymous_id,
        {{ columns_of('events', event_attributes()) }},
        event_catalog.known_event_name

    from events

    cross join home_country

    left join event_catalog
        on events.event_name = event_catalog.known_event_name

)

select * from events_normalised
