with

responses as (

    {{ raw_columns('forms', 'responses') }}

),

responses_cleaned as (

    select
        {{ clean_text('response_id') }} as response_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        {{ text_id('user_id') }} as external_id,
        {{ clean_text('anonymous_id') }} as anonymous_id,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('job_title') }} as job_title,
        {{ clean_text('company') }} as company_name,
        {{ clean_text('city') }} as city,
        {{ clean_text('country') }} as country_code,
        {{ clean_text('language') }} as language,
        coalesce(
            {{ clean_text('form_title') }}, {{ clean_text('form_id') }}
        ) as form_name,
        {{ url_path(clean_text('page_url')) }} as page_path,
        {{ clean_text('utm_campaign') }} as campaign,
        {{ safe_cast_boolean('consent') }} as has_consented,
        {{ safe_cast_timestamp('submitted_at') }} as submitted_at,
        {{ safe_cast_timestamp('loaded_at') }} as loaded_at,
        coalesce({{ safe_cast_boolean('is_deleted') }}, false) as is_deleted

    from responses

)

select * from responses_cleaned
