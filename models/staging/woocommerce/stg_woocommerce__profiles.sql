with

customers as (

    {{ raw_columns('woocommerce', 'customers') }}

),

customers_with_address as (

    select
        'woocommerce' as source,
        {{ text_id('id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('first_name') }} as first_name,
        {{ clean_text('last_name') }} as last_name,
        {{ clean_text('role') }} as lifecycle_status,

        -- The address is JSON or, where the loader flattens it, columns.
        {{ billing_text('phone') }} as phone,
        {{ billing_text('company') }} as company_name,
        {{ billing_text('address_1') }} as street,
        {{ billing_text('city') }} as city,
        {{ billing_text('postcode') }} as postal_code,
        {{ billing_text('state') }} as region,
        {{ billing_text('country') }} as country_code,
        {{ safe_cast_timestamp('date_created_gmt') }} as created_at,
        {{ safe_cast_timestamp('date_modified_gmt') }} as updated_at,
        {{ safe_cast_timestamp('_airbyte_extracted_at') }} as loaded_at,

        -- The API has no list of deleted customers: a full refresh drops them.
        false as is_deleted

    from customers

),

profiles as (

    {{ as_shape('profiles', 'customers_with_address') }}

)

select * from profiles
