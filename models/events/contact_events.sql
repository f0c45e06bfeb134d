with

events as (

    select
        source || ':' || source_event_id as event_id,
        source,
        record_key,
        {{ event_attributes() | join(',\n        ') }}

    from {{ ref('source_events') }}

    where quarantine_reason is null

),

contacts as (

    select
        record_key,
        contact_id

    from {{ ref('identity_contacts') }}

    where
        record_kind = 'trace'
        and is_contact

),

machine_events as (

    select
        event_id,
        exclusion_reason

    from {{ ref('machine_events') }}

),

events_of_contacts as (

    select
        events.event_id,
        contacts.contact_id,
        events.source,
        {{ columns_of('events', event_attributes()) }},
        machine_events.event_id is not null as is_excluded,
        machine_events.exclusion_reason

    from events

    inner join contacts
        on events.record_key = contacts.record_key

    left join machine_events
        on events.event_id = machine_events.event_id

)

select * from events_of_contacts
