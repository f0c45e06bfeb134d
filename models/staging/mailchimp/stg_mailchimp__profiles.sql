with

members as (

    select * from {{ ref('stg_mailchimp__members') }}

),

members_by_record as (

    select
        'mailchimp' as source,
        list_member_id as source_record_id,
        email,
        phone,
        first_name,
        last_name,
        company_name,
        country_code,
        language,
        subscription_status as lifecycle_status,
        coalesce(signed_up_at, opted_in_at) as created_at,
        updated_at,
        loaded_at,
        is_deleted

    from members

),

profiles as (

    {{ as_shape('profiles', 'members_by_record') }}

)

select * from profiles
