with

-- Only ids that occur twice are worth ranking: events come by the ten million.
repeated_ids as (
    select
        source,
        source_event_id as repeated_id

    from {{ ref('normalised_events') }}

    group by source, source_event_id

    having count(*) > 1

),

events_once as (

    select
        events.*,
        1 as copy_number

    from {{ ref('normalised_events').render() }} as events

    left join repeated_ids
        on
            events.source = repeated_ids.source
            and events.source_event_id = repeated_ids.repeated_id

    where repeated_ids.repeated_id is null

),

events_repeated as (

    select
        events.*,
        row_number() over (
            partition by events.source, events.source_event_id
            order by
                events.occurred_at asc nulls last, events.loaded_at asc nulls last,
                events.event_name asc nulls last, events.email asc nulls last,
                events.anonymous_id asc nulls last,
                events.source_record_id asc nulls last
        ) as copy_number

    from {{ ref('normalised_events').render() }} as events

    inner join repeated_ids
        on
            events.source = repeated_ids.source
            and events.source_event_id = repeated_ids.repeated_id

),

events_numbered as (

    select * from events_once

    union all

    select * from events_repeated

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
            'source', 'source_record_id', 'email', 'phone', 'external_id',
            'anonymous_id'
        ) }} as record_key,
        case
            when nullif(trim(source_event_id), '') is null then 'missing_event_id'
            when copy_number > 1 then 'duplicate_record'
            when known_event_name is null then 'unknown_event_name'
            when occurred_at is null then 'missing_time'
            when
                {{ days_between('loaded_at', 'occurred_at') }} > 1
                then 'dated_after_loading'
            when
                coalesce(
                    source_record_id, email, phone, external_id, anonymous_id
                ) is null
                then 'no_usable_identifier'
        end as quarantine_reason

    from events_numbered

)

select * from events_judged
