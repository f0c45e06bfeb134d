with

contacts as (

    select * from {{ ref('stg_brevo__contacts') }}

),

contacts_by_record as (

    select
        'brevo' as source,
        contact_id as source_record_id,
        email,
        phone,
        external_id,
        first_name,
        last_name,
        job_title,
        company_name,
        city,
        country as country_code,
        language,
        created_at,
        updated_at,
        loaded_at,
        is_deleted

    from contacts

),

profiles as (

    {{ as_shape('profiles', 'contacts_by_record') }}

)

select * from profiles
