with

customers as (

    {{ raw_columns('shopify', 'customer') }}

),

addresses as (

    {{ raw_columns('shopify', 'customer_address') }}

),

default_addresses as (

    select
        {{ clean_text('customers.id') }} as customer_id,
        {{ clean_text('addresses.phone') }} as phone,
        {{ clean_text('addresses.company') }} as company_name,
        {{ clean_text('addresses.address_1') }} as street,
        {{ clean_text('addresses.city') }} as city,
        {{ clean_text('addresses.zip') }} as postal_code,
        {{ clean_text('addresses.province') }} as region,
        {{ clean_text('addresses.country_code') }} as country_code

    from customers

    -- The newer layout marks the address, the older one names it in the customer.
    inner join addresses
        on
            {{ clean_text('customers.id') }} = {{ clean_text('addresses.customer_id') }}
            and coalesce(
                {{ clean_text('customers.default_address_id') }}
                = {{ clean_text('addresses.id') }},
                {{ safe_cast_boolean('addresses.is_default') }}
            )

),

customers_with_address as (

    select
        'shopify' as source,
        {{ clean_text('customers.id') }} as source_record_id,
        {{ clean_text('customers.email') }} as email,
        coalesce({{ clean_text('customers.phone') }}, default_addresses.phone) as phone,
        {{ clean_text('customers.first_name') }} as first_name,
        {{ clean_text('customers.last_name') }} as last_name,
        default_addresses.company_name,
        default_addresses.street,
        default_addresses.city,
        default_addresses.postal_code,
        default_addresses.region,
        default_addresses.country_code,
        {{ clean_text('customers.state') }} as lifecycle_status,
        {{ safe_cast_timestamp('customers.created_at') }} as created_at,
        {{ safe_cast_timestamp('customers.updated_at') }} as updated_at,
        {{ safe_cast_timestamp('customers._fivetran_synced') }} as loaded_at,
        coalesce({{ safe_cast_boolean('customers._fivetran_deleted') }}, false)
            as is_deleted

    from customers

    left join default_addresses
        on {{ clean_text('customers.id') }} = default_addresses.customer_id

),

profiles as (

    {{ as_shape('profiles', 'customers_with_address') }}

)

select * from profiles
