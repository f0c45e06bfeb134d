-- Only blocked_identifiers reads it.
{{ config(materialized='ephemeral') }}

with

identifiers as (

    select
        identifier_type,
        identifier_value

    from
        {{ identifiers_to_judge(
            ref('identity_identifiers'), ref('rejudged_identifiers')
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

holders_listed as (

    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        blocked_values.compared_part,
        blocked_values.reason

    from identifiers

    inner join blocked_values
        on
            identifiers.identifier_type = blocked_values.identifier_type
            and identifiers.identifier_value = blocked_values.value

    where blocked_values.compared_part = 'whole'

    union all

    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        blocked_values.compared_part,
        blocked_values.reason

    from identifiers

    inner join blocked_values
        on
            identifiers.identifier_type = blocked_values.identifier_type
            and {{ dbt.split_part('identifiers.identifier_value', "'@'", 1) }}
            = blocked_values.value

    where blocked_values.compared_part = 'local_part'

),

-- A value may be listed in both ways: whoever holds it still is one holder.
values_listed as (

    select
        identifier_type,
        identifier_value,
        min(reason) as reason,
        count(*) as holders

    from holders_listed

    group by identifier_type, identifier_value, compared_part

),

listed as (

    select
        identifier_type,
        identifier_value,
        min(reason) as reason,
        max(holders) as holders

    from values_listed

    group by identifier_type, identifier_value

)

select * from listed
