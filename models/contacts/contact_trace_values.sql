{{ config(materialized='view') }}

with

contacts as (

    select
        record_key,
        contact_id

    from {{ ref('identity_contacts') }}

    where
        is_contact
        and record_kind = 'trace'

),

traces as (

    select
        record_key,
        source,
        email,
        phone,
        external_id,
        first_seen_at

    from {{ ref('identity_traces') }}

),

attributes as (

    {{ contact_attribute_rows(['email', 'phone', 'external_id']) }}

),

values_of_attributes as (

    select
        contacts.contact_id,
        attributes.attribute,
        case when attributes.is_derived then 4 else 2 end as tier,
        traces.source,
        traces.record_key,
        traces.first_seen_at,
        case attributes.given_as
            when 'email' then traces.email
            when 'phone' then traces.phone
            when 'external_id' then traces.external_id
        end as given_value

    from traces

    inner join contacts
        on traces.record_key = contacts.record_key

    cross join attributes

)

select * from values_of_attributes
