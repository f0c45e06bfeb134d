with

people as (

    {{ raw_columns('people_list', 'people') }}

),

people_cleaned as (

    select
        'people_list' as source,
        {{ clean_text('row_id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('external_id') }} as external_id,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ safe_cast_date('birth_date') }} as birth_date,
        {{ clean_text('job_title') }} as job_title,
        {{ clean_text('company') }} as company_name,
        {{ clean_text('company_domain') }} as company_domain,
        {{ clean_text('street') }} as street,
        {{ clean_text('postal_code') }} as postal_code,
        {{ clean_text('city') }} as city,
        {{ clean_text('region') }} as region,
        {{ clean_text('country') }} as country_code,
        {{ clean_text('language') }} as language,

        -- A list says nothing later than the meeting it was written at.
        coalesce(
            {{ safe_cast_timestamp('met_at') }}, {{ safe_cast_timestamp('loaded_at') }}
        ) as created_at,
        coalesce(
            {{ safe_cast_timestamp('met_at') }}, {{ safe_cast_timestamp('loaded_at') }}
        ) as updated_at,
        {{ safe_cast_timestamp('loaded_at') }} as loaded_at,
        false as is_deleted

    from people

),

profiles as (

    {{ as_shape('profiles', 'people_cleaned') }}

)

select * from profiles
