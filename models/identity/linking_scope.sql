{{ config(materialized='table_in_place') }}

with

rejudged_identifiers as (

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

values_blocked_when_linked as (

    {{ linked_so_far('blocked', [
        ('identifier_type', dbt.type_string()),
        ('identifier_value', dbt.type_string()),
    ]) }}

),

blocked_when_linked as (

    select {{ identifier_hashes('identifier_type', 'identifier_value') }}

    from values_blocked_when_linked

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

-- What was blocked and still is links as little as before. Those who are gone are known
-- by their numbers alone.
touched_numbers as (

    select rejudged_identifiers.record_number

    from rejudged_identifiers

    left join blocked_identifiers
        on
            rejudged_identifiers.identifier_hash = blocked_identifiers.identifier_hash
            and rejudged_identifiers.identifier_check
            = blocked_identifiers.identifier_check

    left join blocked_when_linked
        on
            rejudged_identifiers.identifier_hash = blocked_when_linked.identifier_hash
            and rejudged_identifiers.identifier_check
            = blocked_when_linked.identifier_check

    where
        blocked_identifiers.identifier_hash is null
        or blocked_when_linked.identifier_hash is null

    union distinct

    select record_number

    from changed_numbers

),

groups_so_far as (

    {{ linked_so_far('', [('record_number', 'bigint'), ('linked_group', 'bigint')]) }}

),

groups_touched as (

    select groups_so_far.linked_group

    from groups_so_far

    inner join touched_numbers
        on groups_so_far.record_number = touched_numbers.record_number

    group by groups_so_far.linked_group

),

-- The same rows once more: an engine that reads what it joins twice keeps a copy of it.
components_so_far as (

    {{ linked_so_far('', [
        ('record_number', 'bigint'),
        ('component', 'bigint'),
        ('linked_group', 'bigint'),
    ]) }}

),

components_touched as (

    select components_so_far.*

    from components_so_far

    inner join groups_touched
        on components_so_far.linked_group = groups_touched.linked_group

),

linking_scope as (

    select
        coalesce(components_touched.record_number, touched_numbers.record_number)
            as record_number,
        components_touched.component,
        components_touched.linked_group

    from touched_numbers

    full outer join components_touched
        on touched_numbers.record_number = components_touched.record_number

)

select * from linking_scope
