with

leads as (

    select * from {{ ref('stg_salesforce__leads') }}

),

users as (

    {{ raw_columns('salesforce', 'user') }}

),

leads_with_owner as (

    select
        'salesforce' as source,
        leads.lead_id as source_record_id,
        leads.email,
        leads.phone,
        leads.external_id,
        leads.first_name,
        leads.last_name,
        leads.job_title,
        leads.company_name,
        leads.company_domain,
        leads.industry,
        leads.employee_count,
        leads.annual_revenue,
        leads.street,
        leads.city,
        leads.postal_code,
        leads.region,
        leads.country as country_code,

        -- A queue may own a lead: it is no user, and has no address here.
        {{ clean_text('users.email') }} as owner_email,
        leads.lead_status,
        leads.created_at,
        leads.updated_at,
        leads.loaded_at,
        leads.is_deleted

    from leads

    left join users
        on leads.owner_id = {{ clean_text('users.id') }}

),

profiles as (

    {{ as_shape('profiles', 'leads_with_owner') }}

)

select * from profiles
