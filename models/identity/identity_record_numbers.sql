-- The number stays with the record for ever: what was linked is remembered by number.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
) }}

with

records as (

    select record_key

    from {{ ref('identity_source_records') }}

),

numbers_so_far as (

    {{ rows_so_far('identity_record_numbers', [
        ('record_key', dbt.type_string()),
        ('record_number', 'bigint'),
    ]) }}

),

last_number as (

    select coalesce(max(record_number), 0) as last_record_number

    from numbers_so_far

),

new_records as (

    select records.record_key

    from records

    left join numbers_so_far
        on records.record_key = numbers_so_far.record_key

    where numbers_so_far.record_key is null

),

new_numbers as (

    select
        new_records.record_key,
        last_number.last_record_number
        + row_number() over (order by new_records.record_key) as record_number

    from new_records

    cross join last_number

)

select * from new_numbers
