with

records as (

    select
        identity_records.record_number,
        {{ columns_of('source_profiles', composite_attributes()) }}

    from {{ ref('identity_records') }} as identity_records

    inner join {{ ref('source_profiles') }} as source_profiles
        on identity_records.record_key = source_profiles.record_key

    where
        identity_records.record_kind = 'profile'
        and not identity_records.is_deleted
        and source_profiles.quarantine_reason is null

),

composite_types as (

    select
        identifier_type,
        made_of

    from {{ ref('identifier_types') }}

    where made_of is not null

),

attributes_of_types as (

    select
        composite_types.identifier_type,
        pieces.piece as attribute_name

    from composite_types

    {{ split_to_rows('composite_types.made_of', '+') }}

),

attributes_needed as (

    select
        identifier_type,
        attribute_name,
        row_number() over (
            partition by identifier_type order by attribute_name
        ) as place,
        count(*) over (partition by identifier_type) as attributes

    from attributes_of_types

),

values_of_records as (

    {{ identifiers_of(composite_values()) }}

),

values_needed as (

    select
        values_of_records.record_number,
        attributes_needed.identifier_type,
        attributes_needed.place,
        attributes_needed.attributes,
        values_of_records.identifier_value

    from values_of_records

    inner join attributes_needed
        on values_of_records.identifier_type = attributes_needed.attribute_name

),

-- A record that lacks one of the attributes has no such identifier.
composites as (

    select
        record_number,
        identifier_type,
        {{ joined_in_place('identifier_value', 'place', 6) }} as identifier_value

    from values_needed

    group by record_number, identifier_type, attributes

    having count(*) = attributes

)

select * from composites
