with

contacts as (

    select * from {{ ref('stg_salesforce__contacts') }}

),

accounts as (

    select * from {{ ref('stg_salesforce__accounts') }}

),

users as (

    {{ raw_columns('salesforce', 'user') }}

),

contacts_with_account as (

    select
        'salesforce' as source,
        contacts.contact_id as source_record_id,
        contacts.email,
        contacts.phone,
        contacts.external_id,
        contacts.first_name,
        contacts.last_name,
        contacts.birth_date,
        contacts.job_title,
        accounts.company_name,
        accounts.company_domain,
        accounts.industry,
        accounts.employee_count,
        accounts.annual_revenue,
        coalesce(contacts.street, account_addresses.street) as street,
        coalesce(contacts.city, account_addresses.city) as city,
        coalesce(contacts.postal_code, account_addresses.postal_code) as postal_code,
        coalesce(contacts.region, account_addresses.region) as region,
        coalesce(contacts.country, account_addresses.country) as country_code,
        {{ clean_text('users.email') }} as owner_email,
        accounts.account_type as lifecycle_status,
        contacts.created_at,
        contacts.updated_at,
        contacts.loaded_at,
        contacts.is_deleted

    from contacts

    left join accounts
        on contacts.account_id = accounts.account_id

    -- Only for a contact without any address: two halves make no address.
    left join accounts as account_addresses
        on
            contacts.account_id = account_addresses.account_id
            and coalesce(
                contacts.street, contacts.city, contacts.postal_code, contacts.region,
                contacts.country
            ) is null

    left join users
        on contacts.owner_id = {{ clean_text('users.id') }}

),

profiles as (

    {{ as_shape('profiles', 'contacts_with_account') }}

)

select * from profiles
