with

accounts as (

    {{ raw_columns('salesforce', 'account') }}

),

accounts_cleaned as (

    select
        {{ clean_text('id') }} as account_id,
        {{ clean_text('name') }} as company_name,
        {{ url_domain('website') }} as company_domain,
        {{ clean_text('type') }} as account_type,
        {{ clean_text('industry') }} as industry,
        {{ safe_cast_integer('number_of_employees') }} as employee_count,
        {{ safe_cast_numeric('annual_revenue') }} as annual_revenue,
        {{ clean_text('billing_street') }} as street,
        {{ clean_text('billing_city') }} as city,
        {{ clean_text('billing_postal_code') }} as postal_code,
        {{ clean_text('billing_state') }} as region,
        coalesce(
            {{ clean_text('billing_country_code') }},
            {{ clean_text('billing_country') }}
        ) as country

    from accounts

    where coalesce({{ safe_cast_boolean('is_deleted') }}, false) = false

)

select * from accounts_cleaned
