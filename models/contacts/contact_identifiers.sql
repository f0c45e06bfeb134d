with

records as (

    select
        record_number,
        record_key

    from {{ ref('identity_records') }}

),

contacts as (

    select
        record_key,
        contact_id

    from {{ ref('identity_contacts') }}

    where is_contact

),

identifiers as (

    select
        record_number,
        identifier_type,
        identifier_value,
        source,
        first_seen_at

    from {{ ref('identity_identifiers') }}

    -- An event may carry the id of a record that is gone: only live records have one.
    where
        identifier_type in ('email', 'phone', 'external_id', 'anonymous_id')
        or (
            identifier_type = 'record_id'
            and is_profile
        )

),

identifiers_of_contacts as (

    select
        contacts.contact_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.source,
        min(identifiers.first_seen_at) as first_seen_at

    from identifiers

    inner join records
        on identifiers.record_number = records.record_number

    inner join contacts
        on records.record_key = contacts.record_key

    group by
        contacts.contact_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.source

)

select * from identifiers_of_contacts
