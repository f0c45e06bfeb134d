with

calling_codes as (

    select
        country_name,
        country_code,
        calling_code,
        trunk_prefix,
        national_digits

    from {{ ref('calling_codes') }}

),

-- "U.S.A.", "USA" and "Österreich", "Osterreich" are the same to whoever types them.
country_names as (

    select
        {{ country_key('country_name') }} as country_key,
        country_code,
        calling_code,
        trunk_prefix,
        cast(national_digits as {{ dbt.type_int() }}) as national_digits

    from calling_codes

),

country_names_once as (

    select
        country_key,
        country_code,
        calling_code,
        trunk_prefix,
        national_digits

    from country_names

    group by country_key, country_code, calling_code, trunk_prefix, national_digits

)

select * from country_names_once
