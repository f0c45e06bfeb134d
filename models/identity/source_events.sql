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

-- Only ids that occur twice are worth ranking: events come by the ten million.
repeated_ids as (

    select
        source,
        source_event_id as repeated_id

    from events

    group by source, source_event_id

    having count(*) > 1

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
        event_catalog.known_event_name,
        repeated_ids.repeated_id

    from events

    cross join home_country

    left join event_catalog
        on events.event_name = event_catalog.known_event_name

    left join repeated_ids
        on
            events.source = repeated_ids.source
            and events.source_event_id = repeated_ids.repeated_id

),

events_numbered as (

    select
        *,
        1 as copy_number

    from events_normalised

    where repeated_id is null

    union all

    select
        *,
        row_number() over (
            partition by source, source_event_id
            order by
                occurred_at asc nulls last,
                loaded_at asc nulls last,
                event_name asc nulls last,
                email asc nulls last,
                anonymous_id asc nulls last,
                source_record_id asc nulls last
        ) as copy_number

    from events_normalised

    where repeated_id is not null

),

events_judged as (

    select
        source,
        source_event_id,
        source_record_id,
        email,
        phone,
        external_id,
        anonymous_id,
        {{ columns_of('events_numbered', event_attributes()) }},
        {{ identity_key(
            'source', 'source_record_id', 'email', 'phone', 'external_id', 'anonymous_id'
        ) }} as record_key,
        case
            when nullif(trim(source_event_id), '') is null then 'missing_event_id'
            when copy_number > 1 then 'duplicate_record'
            when known_event_name is null then 'unknown_event_name'
            when occurred_at is null then 'missing_time'
            when {{ days_between('loaded_at', 'occurred_at') }} > 1 then 'dated_after_loading'
            when
                coalesce(source_record_id, email, phone, external_id, anonymous_id) is null
                then 'no_usable_identifier'
        end as quarantine_reason

    from events_numbered

)

select * from events_judged
