with

listed_countries as (

    {{ source_countries_listed() }}

),

listed_countries_read as (

    select
        source,
        {{ country_key('country_name') }} as country_key

    from listed_countries

),

country_names as (

    select * from {{ ref('country_names') }}

),

source_countries as (

    select
        listed_countries_read.source,
        country_names.country_code,
        country_names.calling_code,
        country_names.trunk_prefix,
        country_names.national_digits

    from listed_countries_read

    left join country_names
        on listed_countries_read.country_key = country_names.country_key

)

select * from source_countries
