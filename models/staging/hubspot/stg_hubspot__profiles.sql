with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

companies as (

    select * from {{ ref('stg_hubspot__companies') }}

),

owners as (

    {{ raw_columns('hubspot', 'owner') }}

),

contacts_with_company as (

    select
        'hubspot' as source,
        contacts.contact_id as source_record_id,
        contacts.email,
        contacts.phone,
        contacts.external_id,
        contacts.first_name,
        contacts.last_name,
        contacts.birth_date,
        contacts.job_title,

        -- The company's record is kept for all its people, a contact's copy rarely.
        coalesce(companies.company_name, contacts.company_name) as company_name,
        coalesce(companies.company_domain, contacts.company_domain) as company_domain,
        coalesce(companies.industry, contacts.industry) as industry,
        coalesce(companies.employee_count, contacts.employee_count) as employee_count,
        coalesce(companies.annual_revenue, contacts.annual_revenue) as annual_revenue,

        coalesce(contacts.street, company_addresses.street) as street,
        coalesce(contacts.city, company_addresses.city) as city,
        coalesce(contacts.postal_code, company_addresses.postal_code) as postal_code,
        coalesce(contacts.region, company_addresses.region) as region,
        coalesce(contacts.country, company_addresses.country) as country_code,
        contacts.language,
        {{ clean_text('owners.email') }} as owner_email,
        contacts.lead_status,
        contacts.lifecycle_status,
        contacts.created_at,
        contacts.updated_at,
        contacts.loaded_at,
        contacts.is_deleted

    from contacts

    left join companies
        on contacts.company_id = companies.company_id

    -- Only for a contact without any address: two halves make no address.
    left join companies as company_addresses
        on
            contacts.company_id = company_addresses.company_id
            and coalesce(
                contacts.street, contacts.city, contacts.postal_code, contacts.region,
                contacts.country
            ) is null

    left join owners
        on contacts.owner_id = {{ text_id('owners.owner_id') }}

),

profiles as (

    {{ as_shape('profiles', 'contacts_with_company') }}

)

select * from profiles
