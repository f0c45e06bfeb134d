with

contacts as (

    {{ raw_columns('hubspot', 'contact') }}

),

contacts_cleaned as (

    select
        {{ text_id('id') }} as contact_id,
        {{ clean_text('property_email') }} as email,

        -- A mobile belongs to one person, a landline often to a switchboard.
        coalesce(
            {{ clean_text('property_mobilephone') }}, {{ clean_text('property_phone') }}
        ) as phone,
        {{ text_id('property_user_id') }} as external_id,
        {{ clean_text('property_firstname') }} as first_name,
        {{ clean_text('property_lastname') }} as last_name,
        {{ safe_cast_date('property_date_of_birth') }} as birth_date,
        {{ clean_text('property_jobtitle') }} as job_title,
        {{ text_id('property_associatedcompanyid') }} as company_id,
        {{ clean_text('property_company') }} as company_name,
        {{ url_domain('property_website') }} as company_domain,
        {{ clean_text('property_industry') }} as industry,
        {{ safe_cast_integer('property_numemployees') }} as employee_count,
        {{ safe_cast_numeric('property_annualrevenue') }} as annual_revenue,
        {{ clean_text('property_address') }} as street,
        {{ clean_text('property_city') }} as city,
        {{ clean_text('property_zip') }} as postal_code,
        {{ clean_text('property_state') }} as region,
        {{ clean_text('property_country') }} as country,
        {{ clean_text('property_hs_language') }} as language,
        {{ text_id('property_hubspot_owner_id') }} as owner_id,
        {{ clean_text('property_hs_lead_status') }} as lead_status,
        {{ clean_text('property_lifecyclestage') }} as lifecycle_status,
        {{ safe_cast_timestamp('property_hs_lifecyclestage_salesqualifiedlead_date') }}
            as accepted_at,
        {{ safe_cast_boolean('property_hs_email_optout') }} as is_opted_out,
        {{ safe_cast_timestamp('property_createdate') }} as created_at,
        {{ safe_cast_timestamp('property_lastmodifieddate') }} as updated_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        coalesce({{ safe_cast_boolean('_fivetran_deleted') }}, false) as is_deleted

    from contacts

)

select * from contacts_cleaned
