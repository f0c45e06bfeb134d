{{ config(materialized='table_in_place') }}

-- Records are compared with those linked last time in blocks of 64 numbers, by sums
-- over what they hold now: one pass over it, and nothing kept of what they held.
with

contents as (

    select
        record_number,
        identifier_hash as content_hash

    from {{ ref('identity_identifiers') }}

    union all

    select
        record_number,
        distinct_hash as content_hash

    from {{ ref('identity_distinctions') }}

    union all

    -- Number -1 is the settings, in a block of their own: with others every record is
    -- judged anew.
    select
        -1 as record_number,
        {{ number_of_text(
            "identifier_type || '/' || coalesce(strength, '')",
            "coalesce(holder, '') || '/' || coalesce(max_holders, '')"
        ) }} as content_hash

    from {{ ref('identifier_types') }}

    union all

    select
        -1 as record_number,
        {{ number_of_text(
            "identifier_type || '/' || compared_part", "value || '/' || reason"
        ) }} as content_hash

    from {{ ref('blocked_values') }}

    union all

    select
        -1 as record_number,
        {{ number_of_text(
            "'crm_sources'", "'" ~ var('crm_sources') | join(',') ~ "'"
        ) }} as content_hash

),

-- The number weighs in: two neighbours that exchange what they hold have changed.
contents_weighed as (

    select
        {{ record_block('record_number') }} as record_block,
        (content_hash & 1099511627775) * (65 + (record_number & 63)) as digest

    from contents

),

digests as (

    select
        record_block,
        sum(digest) as digest

    from contents_weighed

    group by record_block

),

digests_linked as (

    {{ linked_so_far('digests', [
        ('record_block', dbt.type_int()),
        ('digest', 'numeric(38, 0)'),
    ]) }}

),

blocks_compared as (

    select
        coalesce(digests.record_block, digests_linked.record_block) as record_block,
        coalesce(digests.digest, 0) as digest,
        coalesce(digests.digest = digests_linked.digest, false) as is_same

    from digests

    full outer join digests_linked
        on digests.record_block = digests_linked.record_block

),

settings as (

    select is_same

    from blocks_compared

    where record_block = {{ record_block(-1) }}

),

changed_blocks as (

    select
        blocks_compared.record_block,
        blocks_compared.digest

    from blocks_compared

    cross join settings

    where not (blocks_compared.is_same and settings.is_same)

)

select * from changed_blocks
