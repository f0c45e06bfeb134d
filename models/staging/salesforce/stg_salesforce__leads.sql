with

leads as (

    {{ raw_columns('salesforce', 'lead') }}

),

leads_cleaned as (

    select
        {{ clean_text('id') }} as lead_id,
        {{ clean_text('email') }} as email,

        -- A mobile belongs to one person, a landline often to a switchboard.
        coalesce({{ clean_text('mobile_phone') }}, {{ clean_text('phone') }}) as phone,
        {{ text_id('user_id_c') }} as external_id,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('title') }} as job_title,

        -- What integrations write where they do not know it: the field is required.
        nullif({{ clean_text('company') }}, '[not provided]') as company_name,
        {{ url_domain('website') }} as company_domain,
        {{ clean_text('industry') }} as industry,
        {{ safe_cast_integer('number_of_employees') }} as employee_count,
        {{ safe_cast_numeric('annual_revenue') }} as annual_revenue,
        {{ clean_text('street') }} as street,
        {{ clean_text('city') }} as city,
        {{ clean_text('postal_code') }} as postal_code,
        {{ clean_text('state') }} as region,
        coalesce(
            {{ clean_text('country_code') }}, {{ clean_text('country') }}
        ) as country,
        {{ clean_text('owner_id') }} as owner_id,
        {{ clean_text('status') }} as lead_status,
        {{ safe_cast_boolean('has_opted_out_of_email') }} as is_opted_out,
        coalesce({{ safe_cast_boolean('is_converted') }}, false) as is_converted,
        {{ clean_text('converted_contact_id') }} as converted_contact_id,
        {{ safe_cast_timestamp('converted_date') }} as converted_at,
        {{ clean_text('master_record_id') }} as master_record_id,
        {{ safe_cast_timestamp('created_date') }} as created_at,
        {{ safe_cast_timestamp('last_modified_date') }} as updated_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        coalesce({{ safe_cast_boolean('is_deleted') }}, false)
        or coalesce({{ safe_cast_boolean('_fivetran_deleted') }}, false) as is_deleted

    from leads

)

select * from leads_cleaned
