{{ config(materialized='view') }}

with

profiles as (

    {{ union_of_sources('profiles') }}

),

country_names as (

    select
        country_name,
        country_code,
        calling_code

    from {{ ref('calling_codes') }}

),

profiles_normalised as (

    select
        profiles.source,
        nullif(trim(profiles.source_record_id), '') as source_record_id,
        {{ normalize_email('profiles.email') }} as email,
        {{ normalize_phone(
            'profiles.phone', 'coalesce(country_names.calling_code, home.calling_code)'
        ) }} as phone,
        nullif(trim(profiles.external_id), '') as external_id,
        nullif(trim(profiles.anonymous_id), '') as anonymous_id,
        nullif(trim(profiles.email), '') as given_email,
        nullif(trim(profiles.phone), '') as given_phone,
        nullif(trim(profiles.first_name), '') as first_name,
        nullif(trim(profiles.last_name), '') as last_name,
        profiles.birth_date,
        nullif(trim(profiles.job_title), '') as job_title,
        nullif(trim(profiles.company_name), '') as company_name,
        lower(nullif(trim(profiles.company_domain), '')) as company_domain,
        nullif(trim(profiles.industry), '') as industry,
        profiles.employee_count,
        profiles.annual_revenue,
        nullif(trim(profiles.street), '') as street,
        nullif(trim(profiles.city), '') as city,
        nullif(trim(profiles.postal_code), '') as postal_code,
        nullif(trim(profiles.region), '') as region,
        country_names.country_code,
        lower(nullif(trim(profiles.language), '')) as language,
        lower(nullif(trim(profiles.owner_email), '')) as owner_email,
        nullif(trim(profiles.lead_status), '') as lead_status,
        nullif(trim(profiles.lifecycle_status), '') as lifecycle_status,
        profiles.created_at,
        profiles.updated_at,
        profiles.loaded_at,
        coalesce(profiles.is_deleted, false) as is_deleted

    from profiles

    left join country_names
        on lower(trim(profiles.country_code)) = country_names.country_name

    left join country_names as home
        on home.country_name = lower('{{ var("default_country") }}')

)

select * from profiles_normalised
