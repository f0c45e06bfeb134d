{{ config(materialized='view') }}

with

profiles as (

    {{ union_of_sources('profiles') }}

),

-- Whoever was forgotten stays out.
suppressed as (

    select * from {{ ref('suppressed_values') }}

    where shape = 'profiles'

),

profiles_kept as (

    select *

    from profiles

    where not {{ is_suppressed('profiles') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

source_countries as (

    select * from {{ ref('source_countries') }}

),

free_mail_domains as (

    select domain

    from {{ ref('free_mail_domains') }}

),

profiles_read as (

    select
        *,
        nullif(trim(country_code), '') as given_country,
        {{ country_key('country_code') }} as country_key,
        {{ phone_digits('phone') }} as phone_digits,
        {{ url_domain('company_domain') }} as web_domain

    from profiles_kept

),

profiles_normalised as (

    select
        profiles.source,
        nullif(trim(profiles.source_record_id), '') as source_record_id,
        {{ normalize_email('profiles.email') }} as email,
        {{ normalize_phone('profiles.phone_digits', 'dialling') }} as phone,
        nullif(trim(profiles.external_id), '') as external_id,
        nullif(trim(profiles.anonymous_id), '') as anonymous_id,
        nullif(trim(profiles.email), '') as given_email,
        nullif(trim(profiles.phone), '') as given_phone,
        profiles.given_country,
        {{ normalize_name('profiles.first_name') }} as first_name,
        {{ normalize_name('profiles.last_name') }} as last_name,
        profiles.birth_date,
        nullif(trim(profiles.job_title), '') as job_title,
        nullif(trim(profiles.company_name), '') as company_name,
        case
            when free_mail_domains.domain is null then profiles.web_domain
        end as company_domain,
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

    from profiles_read as profiles

    left join country_names
        on profiles.country_key = country_names.country_key

    left join source_countries
        on profiles.source = source_countries.source

    -- A country that nobody can read is not the source's: the number stays out.
    left join country_names as dialling
        on dialling.country_key = lower(
            case
                when profiles.given_country is null then source_countries.country_code
                else country_names.country_code
            end
        )

    left join free_mail_domains
        on profiles.web_domain = free_mail_domains.domain

)

select * from profiles_normalised
