with

persons as (

    {{ raw_columns('pipedrive', 'persons') }}

),

persons_cleaned as (

    select
        {{ text_id('id') }} as person_id,
        {{ text_id('org_id') }} as organization_id,
        {{ text_id('owner_id') }} as owner_id,
        {{ json_primary_value('email') }} as email,
        {{ json_primary_value('phone') }} as phone,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ safe_cast_date('birthday') }} as birth_date,
        {{ clean_text('job_title') }} as job_title,
        {{ clean_text('org_name') }} as company_name,
        lower({{ clean_text('marketing_status') }}) as marketing_status,
        {{ safe_cast_timestamp('add_time') }} as created_at,
        {{ safe_cast_timestamp('update_time') }} as updated_at,
        coalesce(
            {{ safe_cast_timestamp('_airbyte_extracted_at') }},
            {{ safe_cast_timestamp('_airbyte_emitted_at') }}
        ) as loaded_at,

        -- A person who was merged into another is deleted too; nothing says into whom.
        coalesce({{ safe_cast_boolean('active_flag') }}, true) = false
        or {{ clean_text('delete_time') }} is not null as is_deleted

    from persons

)

select * from persons_cleaned
