with

identity_records as (

    select
        record_key,
        record_number

    from {{ ref('identity_records') }}

    where
        record_kind = 'profile'
        and not is_deleted

),

profiles as (

    select *

    from {{ ref('source_profiles') }}

    where quarantine_reason is null

),

records as (

    select
        identity_records.record_number,
        {{ columns_of('profiles', composite_attributes()) }}

    from profiles

    inner join identity_records
        on profiles.record_key = identity_records.record_key

),

composite_parts as (

    select * from {{ ref('composite_parts') }}

),

values_of_records as (

    {{ identifiers_of(composite_values()) }}

),

values_needed as (

    select
        values_of_records.record_number,
        composite_parts.identifier_type,
        composite_parts.place,
        composite_parts.parts,
        values_of_records.identifier_value

    from values_of_records

    inner join composite_parts
        on values_of_records.identifier_type = composite_parts.attribute_name

),

-- A record that lacks one of the attributes has no such identifier.
composites as (

    select
        record_number,
        identifier_type,
        {{ joined_in_place('identifier_value', 'place', 6) }} as identifier_value

    from values_needed

    group by record_number, identifier_type, parts

    having count(*) = parts

)

select * from composites
