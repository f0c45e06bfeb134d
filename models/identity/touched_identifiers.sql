with

identifiers as (

    select
        record_number,
        identifier_type,
        identifier_value

    from {{ ref('identity_identifiers') }}

),

changed_numbers as (

    select record_number

    from {{ ref('changed_numbers') }}

),

blocked_so_far as (

    {{ rows_so_far('blocked_identifiers', [
        ('identifier_type', dbt.type_string()),
        ('identifier_value', dbt.type_string()),
    ]) }}

),

blocked_when_linked as (

    {{ linked_so_far('blocked', [
        ('identifier_type', dbt.type_string()),
        ('identifier_value', dbt.type_string()),
    ]) }}

),

touched as (

    select
        identifiers.identifier_type,
        identifiers.identifier_value

    from identifiers

    inner join changed_numbers
        on identifiers.record_number = changed_numbers.record_number

    union distinct

    -- What is blocked may be free again: one of its holders may be gone.
    select
        identifier_type,
        identifier_value

    from blocked_so_far

    union distinct

    select
        identifier_type,
        identifier_value

    from blocked_when_linked

),

touched_identifiers as (

    select
        identifier_type,
        identifier_value,
        {{ identifier_hashes('identifier_type', 'identifier_value') }}

    from touched

)

select * from touched_identifiers
