with

companies as (

    {{ raw_columns('hubspot', 'company') }}

),

companies_cleaned as (

    select
        {{ text_id('id') }} as company_id,
        {{ clean_text('property_name') }} as company_name,
        {{ url_domain('property_domain') }} as company_domain,
        {{ clean_text('property_industry') }} as industry,
        {{ safe_cast_integer('property_numberofemployees') }} as employee_count,
        {{ safe_cast_numeric('property_annualrevenue') }} as annual_revenue,
        {{ clean_text('property_address') }} as street,
        {{ clean_text('property_city') }} as city,
        {{ clean_text('property_zip') }} as postal_code,
        {{ clean_text('property_state') }} as region,
        {{ clean_text('property_country') }} as country

    from companies

    where coalesce({{ safe_cast_boolean('is_deleted') }}, false) = false

)

select * from companies_cleaned
