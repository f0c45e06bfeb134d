with

profiles as (

    select
        source,
        source_record_id,
        given_email,
        given_phone,
        given_country,
        email,
        phone,
        country_code

    from {{ ref('source_profiles') }}

    -- Quarantined rows are listed there, as a whole.
    where quarantine_reason is null

),

values_rejected as (

    select
        source,
        source_record_id,
        'email' as attribute_name,
        given_email as given_value

    from profiles

    where
        given_email is not null
        and email is null

    union all

    select
        source,
        source_record_id,
        'phone' as attribute_name,
        given_phone as given_value

    from profiles

    where
        given_phone is not null
        and phone is null

    union all

    select
        source,
        source_record_id,
        'country_code' as attribute_name,
        given_country as given_value

    from profiles

    where
        given_country is not null
        and country_code is null

)

select * from values_rejected
