-- Each value of a contact has its source, and it is the value of the golden record.

with

contacts as (

    select * from {{ ref('contacts') }}

),

golden_values as (

    select * from {{ ref('contact_golden_values') }}

),

attributes as (

    {{ contact_attribute_rows(contact_attributes()) }}

),

-- Numbers are compared as the record gave them: 5000 and not 5000.00.
values_of_contacts as (

    select
        contacts.contact_id,
        attributes.attribute,
        coalesce(
            {{ by_attribute('attributes.attribute', 'golden_values', as_text=true) }},
            {{ by_attribute('attributes.attribute', 'contacts', as_text=true) }}
        ) as value

    from contacts

    left join golden_values
        on contacts.contact_id = golden_values.contact_id

    cross join attributes

    where not attributes.is_derived

),

values_with_sources as (

    select
        contact_id,
        attribute,
        value

    from {{ ref('contact_attribute_sources') }}

),

differences as (

    select
        values_of_contacts.contact_id,
        values_of_contacts.attribute,
        values_with_sources.contact_id as contact_id_of_source,
        values_with_sources.attribute as attribute_of_source

    from values_of_contacts

    full outer join values_with_sources
        on
            values_of_contacts.contact_id = values_with_sources.contact_id
            and values_of_contacts.attribute = values_with_sources.attribute

    where
        values_of_contacts.value <> values_with_sources.value
        or (values_of_contacts.value is null and values_with_sources.value is not null)
        or (values_of_contacts.value is not null and values_with_sources.value is null)

)

select * from differences
