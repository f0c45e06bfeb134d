with

contact_points as (

    select
        contact_id,
        email,
        phone,
        external_id,
        sources,
        record_count,
        first_known_at

    from {{ ref('contact_points') }}

),

golden_values as (

    select * from {{ ref('contact_golden_values') }}

),

free_mail_domains as (

    select domain

    from {{ ref('free_mail_domains') }}

),

contact_emails as (

    select
        contact_points.contact_id,
        coalesce(golden_values.email, contact_points.email) as email,
        {{ dbt.split_part(
            'coalesce(golden_values.email, contact_points.email)', "'@'", 2
        ) }} as email_domain

    from contact_points

    left join golden_values
        on contact_points.contact_id = golden_values.contact_id

),

contacts as (

    select
        contact_points.contact_id,
        contact_emails.email,
        coalesce(golden_values.phone, contact_points.phone) as phone,
        coalesce(golden_values.external_id, contact_points.external_id) as external_id,
        golden_values.first_name,
        golden_values.last_name,
        cast(golden_values.birth_date as date) as birth_date,
        golden_values.job_title,
        golden_values.company_name,

        -- The domain of a work address is the company's; a mail provider's is not.
        coalesce(
            golden_values.company_domain,
            case
                when free_mail_domains.domain is null then contact_emails.email_domain
            end
        ) as company_domain,
        golden_values.industry,
        cast(golden_values.employee_count as {{ dbt.type_int() }}) as employee_count,
        cast(golden_values.annual_revenue as numeric(18, 2)) as annual_revenue,
        golden_values.street,
        golden_values.city,
        golden_values.postal_code,
        golden_values.region,
        golden_values.country_code,
        golden_values.language,
        golden_values.owner_email,
        golden_values.lead_status,
        golden_values.lifecycle_status,
        contact_points.sources,
        cast(contact_points.record_count as {{ dbt.type_int() }}) as record_count,
        contact_points.first_known_at,
        golden_values.last_updated_at

    from contact_points

    inner join contact_emails
        on contact_points.contact_id = contact_emails.contact_id

    left join golden_values
        on contact_points.contact_id = golden_values.contact_id

    left join free_mail_domains
        on contact_emails.email_domain = free_mail_domains.domain

)

select * from contacts
