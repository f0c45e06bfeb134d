with

contacts as (

    {{ raw_columns('activecampaign', 'contact') }}

),

contacts_cleaned as (

    select
        {{ text_id('id') }} as contact_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('org_name') }} as company_name,
        coalesce({{ safe_cast_integer('bounced_hard') }}, 0) > 0 as has_bounced,

        -- A date that is not there is written as 0000-00-00.
        {{ safe_cast_timestamp('bounced_date') }} as bounced_at,
        coalesce(
            {{ safe_cast_timestamp('created_utc_timestamp') }},
            {{ safe_cast_timestamp('c_date') }},
            {{ safe_cast_timestamp('cdate') }}
        ) as created_at,
        coalesce(
            {{ safe_cast_timestamp('updated_utc_timestamp') }},
            {{ safe_cast_timestamp('u_date') }},
            {{ safe_cast_timestamp('udate') }}
        ) as updated_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        coalesce({{ safe_cast_boolean('deleted') }}, false)
        or coalesce({{ safe_cast_boolean('anonymized') }}, false)
        or coalesce({{ safe_cast_boolean('_fivetran_deleted') }}, false) as is_deleted

    from contacts

)

select * from contacts_cleaned
