{{ config(materialized='view') }}

with

match_decisions as (

    select
        decision,
        least(trim(record), trim(other_record)) as first_record,
        greatest(trim(record), trim(other_record)) as second_record

    from {{ ref('match_decisions') }}

),

decisions_keyed as (

    select
        decision,
        first_record,
        second_record,
        first_record || '|' || second_record as decision_key

    from match_decisions

),

decided_records as (

    select
        decision,
        decision_key,
        first_record as record_key

    from decisions_keyed

    union all

    select
        decision,
        decision_key,
        second_record as record_key

    from decisions_keyed

)

select * from decided_records
