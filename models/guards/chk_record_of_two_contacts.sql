with

record_ids as (

    select
        contact_id,
        identifier_value as record_id

    from {{ ref('contact_identifiers') }}

    where identifier_type = 'record_id'

),

records_claimed_twice as (

    select record_id

    from record_ids

    group by record_id

    having min(contact_id) <> max(contact_id)

),

claims as (

    select distinct
        record_ids.contact_id,
        record_ids.record_id

    from record_ids

    inner join records_claimed_twice
        on record_ids.record_id = records_claimed_twice.record_id

)

select * from claims
