{{ config(materialized='view') }}

with

contacts as (

    select
        record_key,
        contact_id

    from {{ ref('identity_contacts') }}

    where
        is_contact
        and record_kind = 'profile'

),

profiles as (

    select *

    from {{ ref('source_profiles') }}

    where quarantine_reason is null

),

source_priorities as (

    select * from {{ ref('identity_source_priorities') }}

),

attributes as (

    {{ contact_attribute_rows(contact_attributes()) }}

),

-- A domain taken from an address comes behind every domain that a record gives.
values_of_attributes as (

    select
        contacts.contact_id,
        attributes.attribute,
        case when attributes.is_derived then 3 else 1 end as tier,
        {{ by_attribute('attributes.given_as', 'source_priorities', '_priority') }}
            as priority,
        profiles.source,
        profiles.record_key,
        coalesce(profiles.updated_at, profiles.created_at) as record_updated_at,
        {{ by_attribute('attributes.given_as', 'profiles', as_text=true) }}
            as given_value

    from profiles

    inner join contacts
        on profiles.record_key = contacts.record_key

    inner join source_priorities
        on profiles.source = source_priorities.source

    cross join attributes

)

select * from values_of_attributes
