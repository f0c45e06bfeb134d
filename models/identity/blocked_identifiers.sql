{{ config(materialized='table_in_place') }}

with

judged as (

    select
        identifier_type,
        identifier_value,
        holders,
        reason

    from {{ ref('listed_identifiers') }}

    union all

    select
        identifier_type,
        identifier_value,
        holders,
        reason

    from {{ ref('crowded_identifiers') }}

),

-- A listed value says more than a number of holders.
blocked as (

    select
        identifier_type,
        identifier_value,
        min(holders) as holders,
        min(reason) as reason

    from judged

    group by identifier_type, identifier_value

)

select * from blocked
