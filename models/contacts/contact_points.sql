with

records as (

    select
        contact_id,
        source,
        record_kind,
        first_known_at

    from {{ ref('identity_contacts') }}

    where is_contact

),

contact_identifiers as (

    select
        contact_id,
        identifier_type,
        identifier_value

    from {{ ref('contact_identifiers') }}

),

known_contacts as (

    select
        contact_id,
        min(first_known_at) as first_known_at,
        {{ distinct_list('source') }} as sources,
        sum(case when record_kind = 'profile' then 1 else 0 end) as record_count

    from records

    group by contact_id

),

-- A guest who only ever bought has no profile, and an address all the same.
seen_identifiers as (

    select
        contact_id,
        min(case when identifier_type = 'email' then identifier_value end) as email,
        min(case when identifier_type = 'phone' then identifier_value end) as phone,
        min(
            case when identifier_type = 'external_id' then identifier_value end
        ) as external_id

    from contact_identifiers

    group by contact_id

),

known_contacts_with_identifiers as (

    select
        known_contacts.contact_id,
        known_contacts.first_known_at,
        known_contacts.sources,
        known_contacts.record_count,
        seen_identifiers.email,
        seen_identifiers.phone,
        seen_identifiers.external_id

    from known_contacts

    left join seen_identifiers
        on known_contacts.contact_id = seen_identifiers.contact_id

)

select * from known_contacts_with_identifiers
