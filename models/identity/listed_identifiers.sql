-- Only blocked_identifiers reads it.
{{ config(materialized='ephemeral') }}

with

identifiers as (

    select
        identifier_hash,
        identifier_check

    from
        {{ identifiers_to_judge(
            ref('identity_identifiers'), ref('rejudged_identifiers')
        ) }}

),

identifiers_named as (

    select
        identifier_type,
        identifier_value,
        identifier_hash,
        identifier_check

    from
        {{ identifiers_to_judge(
            ref('identity_identifiers'), ref('touched_identifiers')
        ) }}

),

blocked_values as (

    select
        identifier_type,
        compared_part,
        value,
        reason

    from {{ ref('blocked_values') }}

),

values_listed as (

    select
        identifiers_named.*,
        blocked_values.reason

    from identifiers_named

    inner join blocked_values
        on
            identifiers_named.identifier_type = blocked_values.identifier_type
            and identifiers_named.identifier_value = blocked_values.value

    where blocked_values.compared_part = 'whole'

    union distinct

    select
        identifiers_named.*,
        blocked_values.reason

    from identifiers_named

    inner join blocked_values
        on
            identifiers_named.identifier_type = blocked_values.identifier_type
            and {{ dbt.split_part('identifiers_named.identifier_value', "'@'", 1) }}
            = blocked_values.value

    where blocked_values.compared_part = 'local_part'

),

values_with_one_reason as (

    select
        identifier_type,
        identifier_value,
        identifier_hash,
        identifier_check,
        min(reason) as reason

    from values_listed

    group by identifier_type, identifier_value, identifier_hash, identifier_check

),

listed as (

    select
        values_with_one_reason.identifier_type,
        values_with_one_reason.identifier_value,
        values_with_one_reason.reason,
        count(*) as holders

    from values_with_one_reason

    inner join identifiers
        on
            values_with_one_reason.identifier_hash = identifiers.identifier_hash
            and values_with_one_reason.identifier_check = identifiers.identifier_check

    group by
        values_with_one_reason.identifier_type,
        values_with_one_reason.identifier_value,
        values_with_one_reason.reason

)

select * from listed
