-- Only linking_scope reads it.
{{ config(materialized='ephemeral') }}

with

identifiers as (

    select
        record_number,
        identifier_hash,
        identifier_check

    from {{ ref('rejudged_identifiers') }}

),

blocked_identifiers as (

    select {{ identifier_hashes('identifier_type', 'identifier_value') }}

    from {{ ref('blocked_identifiers') }}

),

blocked_values_when_linked as (

    {{ linked_so_far('blocked', [
        ('identifier_type', dbt.type_string()),
        ('identifier_value', dbt.type_string()),
    ]) }}

),

blocked_when_linked as (

    select {{ identifier_hashes('identifier_type', 'identifier_value') }}

    from blocked_values_when_linked

),

components_so_far as (

    {{ linked_so_far('', [('record_number', 'bigint')]) }}

),

changed_numbers as (

    select record_number

    from {{ ref('changed_numbers') }}

),

-- What was blocked and still is links as little as before.
touched_records as (

    select identifiers.record_number

    from identifiers

    left join blocked_identifiers
        on
            identifiers.identifier_hash = blocked_identifiers.identifier_hash
            and identifiers.identifier_check = blocked_identifiers.identifier_check

    left join blocked_when_linked
        on
            identifiers.identifier_hash = blocked_when_linked.identifier_hash
            and identifiers.identifier_check = blocked_when_linked.identifier_check

    where
        blocked_identifiers.identifier_hash is null
        or blocked_when_linked.identifier_hash is null

    union distinct

    -- Those who are gone are known by their numbers alone.
    select components_so_far.record_number

    from components_so_far

    inner join changed_numbers
        on components_so_far.record_number = changed_numbers.record_number

)

select * from touched_records
