with

records as (

    select
        contact_id,
        record_key

    from {{ ref('identity_contacts') }}

    where is_contact

),

profiles as (

    select *

    from {{ ref('source_profiles') }}

    where quarantine_reason is null

),

source_priorities as (

    select * from {{ ref('identity_source_priorities') }}

),

profiles_of_contacts as (

    select
        records.contact_id,
        {{ columns_of('profiles', contact_attributes()) }},
        {{ columns_of('source_priorities', priority_columns()) }},
        profiles.updated_at,
        row_number() over (
            partition by records.contact_id
            order by
                coalesce(profiles.updated_at, profiles.created_at) desc nulls last,
                profiles.record_key asc
        ) as recency_place

    from profiles

    inner join records
        on profiles.record_key = records.record_key

    inner join source_priorities
        on profiles.source = source_priorities.source

),

golden_values as (

    select
        contact_id,
        {{ preferred_value('email') }} as email,
        {{ preferred_value('phone') }} as phone,
        {{ preferred_value('external_id') }} as external_id,
        {{ preferred_value('first_name') }} as first_name,
        {{ preferred_value('last_name') }} as last_name,
        {{ preferred_value('birth_date') }} as birth_date,
        {{ preferred_value('job_title') }} as job_title,
        {{ preferred_value('company_name') }} as company_name,
        {{ preferred_value('company_domain') }} as company_domain,
        {{ preferred_value('industry') }} as industry,
        {{ preferred_value('employee_count') }} as employee_count,
        {{ preferred_value('annual_revenue') }} as annual_revenue,
        {{ preferred_value('street') }} as street,
        {{ preferred_value('city') }} as city,
        {{ preferred_value('postal_code') }} as postal_code,
        {{ preferred_value('region') }} as region,
        {{ preferred_value('country_code') }} as country_code,
        {{ preferred_value('language') }} as language,
        {{ preferred_value('owner_email') }} as owner_email,
        {{ preferred_value('lead_status') }} as lead_status,
        {{ preferred_value('lifecycle_status') }} as lifecycle_status,
        max(updated_at) as last_updated_at

    from profiles_of_contacts

    group by contact_id

)

select * from golden_values
