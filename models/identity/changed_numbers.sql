-- Number by number, so that an engine can pass over the parts of a table without any.
{{ config(materialized='ephemeral') }}

with

changed_blocks as (

    select record_block

    from {{ ref('changed_blocks') }}

    -- In a build that links everything there is nothing to single out.
    where {{ 'true' if linked_before() else 'false' }}

),

places as (

    {{ whole_numbers(63) }}

),

-- Distinct, since blocks that an earlier version linked may have had another size.
changed_numbers as (

    select distinct changed_blocks.record_block + places.number_of as record_number

    from changed_blocks

    cross join places

)

select * from changed_numbers
