-- Records are compared with those linked last time in blocks of 16 numbers: one pass
-- over what they hold now, and nothing kept of what they held.
with

contents as (

    select
        record_number - mod(record_number, 16) as record_block,
        identifier_hash as digest

    from {{ ref('identity_identifiers') }}

    union all

    select
        record_number - mod(record_number, 16) as record_block,
        {{ number_of_text('distinction', 'distinct_value') }} as digest

    from {{ ref('identity_distinctions') }}

    union all

    -- Block -1 is the settings: with other limits every record is judged anew.
    select
        -1 as record_block,
        {{ number_of_text(
            "identifier_type || '/' || coalesce(strength, '')",
            "coalesce(holder, '') || '/' || coalesce(max_holders, '')"
        ) }} as digest

    from {{ ref('identifier_types') }}

    union all

    select
        -1 as record_block,
        {{ number_of_text(
            "identifier_type || '/' || compared_part", "value || '/' || reason"
        ) }} as digest

    from {{ ref('blocked_values') }}

    union all

    select
        -1 as record_block,
        {{ number_of_text(
            "'crm_sources'", "'" ~ var('crm_sources') | join(',') ~ "'"
        ) }} as digest

),

checksums as (

    select
        cast(record_block as bigint) as record_block,
        count(*) as contents,
        sum(mod(digest, 1099511627776)) as digest

    from contents

    group by record_block

)

select * from checksums
