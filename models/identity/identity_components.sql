{{ config(materialized='connected_components') }}

with

identifiers as (

    select
        record_number,
        identifier_type,
        identifier_value

    from {{ ref('identity_identifiers') }}

),

blocked_identifiers as (

    select
        identifier_type,
        identifier_value

    from {{ ref('blocked_identifiers') }}

),

linking_identifiers as (

    select
        identifiers.record_number,
        identifiers.identifier_type,
        identifiers.identifier_value

    from identifiers

    left join blocked_identifiers
        on
            identifiers.identifier_type = blocked_identifiers.identifier_type
            and identifiers.identifier_value = blocked_identifiers.identifier_value

    where blocked_identifiers.identifier_type is null

),

-- A star for each value, never every pair: its first record is linked to all others.
edges as (

    select
        record_number,
        min(record_number) over (
            partition by identifier_type, identifier_value
        ) as linked_record_number

    from linking_identifiers

)

select * from edges
