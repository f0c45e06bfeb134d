-- Records are compared with those linked last time in blocks of 64 numbers: one pass
-- over what they hold now, and nothing kept of what they held.
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

    -- Number -1 is the settings: with other limits every record is judged anew.
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

-- Whole numbers of 32 bits are grouped more quickly.
contents_of_short_numbers as (

    select
        cast(record_number as {{ dbt.type_int() }}) as short_number,
        content_hash

    from contents

),

-- The number weighs in: two neighbours that exchange what they hold have changed.
contents_weighed as (

    select
        {{ record_block('short_number') }} as record_block,
        (content_hash & 1099511627775) * (65 + (short_number & 63)) as digest

    from contents_of_short_numbers

),

checksums as (

    select
        cast(record_block as bigint) as record_block,
        count(*) as contents,
        sum(digest) as digest

    from contents_weighed

    group by record_block

)

select * from checksums
