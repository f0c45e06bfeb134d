with

contacts as (

    select count(*) as present_contacts

    from {{ ref('contacts') }}

),

registry as (

    select count(distinct contact_id) as contact_ids

    from {{ ref('contact_registry') }}

),

merged_away as (

    select count(distinct merged_contact_id) as merged_ids

    from {{ ref('contact_merges') }}

    where current_contact_id is null or current_contact_id <> merged_contact_id

),

known_and_present as (

    select
        registry.contact_ids - merged_away.merged_ids as known_contacts,
        contacts.present_contacts

    from registry

    cross join merged_away

    cross join contacts

),

contacts_shrank as (

    select
        known_contacts,
        present_contacts

    from known_and_present

    -- A registry of a few, as of a first trial, may lose most of them in a day.
    where
        known_contacts >= 100
        and present_contacts * 2 < known_contacts

)

select * from contacts_shrank
