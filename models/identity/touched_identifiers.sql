with

identifiers as (

    select
        record_number,
        identifier_hash

    from {{ ref('identity_identifiers') }}

),

changed_blocks as (

    select record_block

    from {{ ref('changed_blocks') }}

    where {{ 'true' if linked_before() else 'false' }}

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

    select identifiers.identifier_hash

    from identifiers

    inner join changed_blocks
        on
            {{ record_block('identifiers.record_number') }}
            = changed_blocks.record_block

    union distinct

    -- What is blocked may be free again: one of its holders may be gone.
    select {{ number_of_text('identifier_type', 'identifier_value') }}

    from blocked_so_far

    union distinct

    select {{ number_of_text('identifier_type', 'identifier_value') }}

    from blocked_when_linked

)

select * from touched
