with

identifies as (

    {{ raw_columns('web', 'identifies') }}

),

visitors_naming_themselves as (

    select
        'web' as source,
        {{ clean_text('id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        {{ text_id('user_id') }} as external_id,
        {{ clean_text('anonymous_id') }} as anonymous_id,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('company') }} as company_name,
        {{ safe_cast_timestamp('identified_at') }} as created_at,
        {{ safe_cast_timestamp('identified_at') }} as updated_at,
        {{ safe_cast_timestamp('received_at') }} as loaded_at,
        false as is_deleted

    from identifies

),

profiles as (

    {{ as_shape('profiles', 'visitors_naming_themselves') }}

)

select * from profiles
