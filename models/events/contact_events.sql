with

events as (

    select
        source,
        source_event_id,
        record_key,
        {{ columns_of('source_events', event_attributes()) }}

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

events_of_contacts as (

    select
        events.source || ':' || events.source_event_id as event_id,
        contacts.contact_id,
        events.source,
        {{ columns_of('events', event_attributes()) }}

    from events

    inner join contacts
        on events.record_key = contacts.record_key

)

select * from events_of_contacts
