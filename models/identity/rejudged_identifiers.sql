{{ config(materialized='table_in_place') }}

with

identifiers as (

    select
        record_number,
        identifier_type,
        identifier_value

    from {{ ref('identity_identifiers') }}

),

changed_blocks as (

    select record_block

    from {{ ref('changed_blocks') }}

    -- In a build that links everything there is nothing to single out.
    where
        record_block >= 0
        and {{ 'true' if linked_before() else 'false' }}

),

digits as (

    {{ whole_numbers(7) }}

),

-- Number by number, so that an engine can pass over the parts of a table without any.
changed_numbers as (

    select
        changed_blocks.record_block + 8 * eights.number_of + ones.number_of
            as record_number

    from changed_blocks

    cross join digits as eights

    cross join digits as ones

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

),

-- Without the values: to read the text of all identifiers costs more than all the rest.
-- By one number: an engine can filter by it while it reads, by two it does not, which
-- is why the second one is compared in a way that is none to join by.
holders as (

    select
        record_number,
        identifier_hash,
        identifier_check,
        source,
        profile_email_hash,
        is_profile

    from {{ ref('identity_identifiers') }}

    where {{ 'true' if linked_before() else 'false' }}

),

rejudged as (

    select
        holders.*,
        touched_identifiers.identifier_type,
        touched_identifiers.identifier_value

    from holders

    inner join touched_identifiers
        on holders.identifier_hash = touched_identifiers.identifier_hash

    where
        coalesce(
            holders.identifier_check = touched_identifiers.identifier_check, false
        )

)

select * from rejudged
