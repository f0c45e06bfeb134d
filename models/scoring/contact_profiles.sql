{{ config(materialized='view') }}

with

contacts as (

    select
        contact_id,
        first_known_at,
        country_code,
        industry,
        employee_count,
        company_domain,
        lead_status,
        lifecycle_status,
        {{ dbt.split_part('email', "'@'", 2) }} as email_domain,
        {{ job_level('job_title') }} as job_level

    from {{ ref('contacts') }}

),

competitors as (

    select company_domain

    from {{ ref('competitors') }}

    group by company_domain

),

free_mail_domains as (

    select domain

    from {{ ref('free_mail_domains') }}

    group by domain

),

contact_profiles as (

    select
        contacts.*,
        contacts.email_domain is not null
        and free_mail_domains.domain is null as has_company_email,
        free_mail_domains.domain is not null as has_free_mail,
        competing_companies.company_domain is not null
        or competing_addresses.company_domain is not null as is_competitor

    from contacts

    left outer join free_mail_domains
        on contacts.email_domain = free_mail_domains.domain

    left outer join competitors as competing_companies
        on contacts.company_domain = competing_companies.company_domain

    left outer join competitors as competing_addresses
        on contacts.email_domain = competing_addresses.company_domain

)

select * from contact_profiles
