with

persons as (

    select * from {{ ref('stg_pipedrive__persons') }}

),

organizations as (

    select * from {{ ref('stg_pipedrive__organizations') }}

),

users as (

    {{ raw_columns('pipedrive', 'users') }}

),

persons_with_organization as (

    select
        'pipedrive' as source,
        persons.person_id as source_record_id,
        persons.email,
        persons.phone,
        persons.first_name,
        persons.last_name,
        persons.birth_date,
        persons.job_title,
        coalesce(organizations.company_name, persons.company_name) as company_name,
        organizations.company_domain,
        organizations.industry,
        organizations.employee_count,
        organizations.annual_revenue,
        organizations.street,
        organizations.city,
        organizations.postal_code,
        organizations.region,
        organizations.country as country_code,
        {{ clean_text('users.email') }} as owner_email,
        persons.created_at,
        persons.updated_at,
        persons.loaded_at,
        persons.is_deleted

    from persons

    left join organizations
        on persons.organization_id = organizations.organization_id

    left join users
        on persons.owner_id = {{ text_id('users.id') }}

),

profiles as (

    {{ as_shape('profiles', 'persons_with_organization') }}

)

select * from profiles
