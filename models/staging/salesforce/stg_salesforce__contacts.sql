with

contacts as (

    {{ raw_columns('salesforce', 'contact') }}

),

contacts_cleaned as (

    select
        {{ clean_text('id') }} as contact_id,
        {{ clean_text('account_id') }} as account_id,
        {{ clean_text('email') }} as email,

        -- A mobile belongs to one person, a landline often to a switchboard.
        coalesce({{ clean_text('mobile_phone') }}, {{ clean_text('phone') }}) as phone,
        {{ text_id('user_id_c') }} as external_id,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ safe_cast_date('birthdate') }} as birth_date,
        {{ clean_text('title') }} as job_title,
        {{ clean_text('mailing_street') }} as street,
        {{ clean_text('mailing_city') }} as city,
        {{ clean_text('mailing_postal_code') }} as postal_code,
        {{ clean_text('mailing_state') }} as region,
        coalesce(
            {{ clean_text('mailing_country_code') }},
            {{ clean_text('mailing_country') }}
        ) as country,
        {{ clean_text('owner_id') }} as owner_id,
        {{ safe_cast_boolean('has_opted_out_of_email') }} as is_opted_out,
        {{ clean_text('master_record_id') }} as master_record_id,
        {{ safe_cast_timestamp('created_date') }} as created_at,
        {{ safe_cast_timestamp('last_modified_date') }} as updated_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        coalesce({{ safe_cast_boolean('is_deleted') }}, false)
        or coalesce({{ safe_cast_boolean('_fivetran_deleted') }}, false) as is_deleted

    from contacts

)

select * from contacts_cleaned
