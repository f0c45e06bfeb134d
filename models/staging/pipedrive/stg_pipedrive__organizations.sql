with

organizations as (

    {{ raw_columns('pipedrive', 'organizations') }}

),

organizations_cleaned as (

    select
        {{ text_id('id') }} as organization_id,
        {{ clean_text('name') }} as company_name,
        {{ url_domain('website') }} as company_domain,
        {{ clean_text('industry') }} as industry,
        {{ safe_cast_integer('employee_count') }} as employee_count,
        {{ safe_cast_numeric('annual_revenue') }} as annual_revenue,
        {{ clean_text('address_route') }}
        || coalesce(' ' || {{ clean_text('address_street_number') }}, '') as street,
        {{ clean_text('address_locality') }} as city,
        {{ clean_text('address_postal_code') }} as postal_code,
        {{ clean_text('address_admin_area_level_1') }} as region,
        {{ clean_text('address_country') }} as country

    from organizations

    where coalesce({{ safe_cast_boolean('active_flag') }}, true)

)

select * from organizations_cleaned
