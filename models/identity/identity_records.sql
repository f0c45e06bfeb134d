with

records as (

    select * from {{ ref('identity_source_records') }}

),

record_numbers as (

    select
        record_key,
        record_number

    from {{ ref('identity_record_numbers') }}

),

records_numbered as (

    select
        records.*,
        record_numbers.record_number

    from records

    inner join record_numbers
        on records.record_key = record_numbers.record_key

)

select * from records_numbered
