with

leads as (

    {{ raw_columns('marketo', 'lead') }}

),

deletions as (

    {{ raw_columns('marketo', 'activity_delete_lead') }}

),

links as (

    select source_record_id

    from {{ ref('stg_marketo__links') }}

),

-- The rows of leads stay where they landed: activities tell which are gone.
leads_gone as (

    select {{ text_id('lead_id') }} as gone_lead_id

    from deletions

    union distinct

    select source_record_id as gone_lead_id

    from links

),

leads_cleaned as (

    select
        {{ text_id('leads.id') }} as lead_id,
        {{ clean_text('leads.email') }} as email,

        -- A mobile belongs to one person, a landline often to a switchboard.
        coalesce(
            {{ clean_text('leads.mobile_phone') }}, {{ clean_text('leads.phone') }}
        ) as phone,
        {{ text_id('leads.user_id') }} as external_id,
        {{ clean_text('leads.first_name') }} as first_name,
        {{ clean_text('leads.last_name') }} as last_name,
        {{ safe_cast_date('leads.date_of_birth') }} as birth_date,
        {{ clean_text('leads.title') }} as job_title,
        {{ clean_text('leads.company') }} as company_name,
        {{ url_domain('leads.website') }} as company_domain,
        {{ clean_text('leads.industry') }} as industry,
        {{ safe_cast_integer('leads.number_of_employees') }} as employee_count,
        {{ safe_cast_numeric('leads.annual_revenue') }} as annual_revenue,
        {{ clean_text('leads.address') }} as street,
        {{ clean_text('leads.city') }} as city,
        {{ clean_text('leads.postal_code') }} as postal_code,
        {{ clean_text('leads.state') }} as region,
        {{ clean_text('leads.country') }} as country_code,
        {{ clean_text('leads.lead_owner_email_address') }} as owner_email,
        {{ clean_text('leads.lead_status') }} as lead_status,
        {{ safe_cast_boolean('leads.unsubscribed') }} as is_opted_out,
        {{ safe_cast_timestamp('leads.created_at') }} as created_at,
        {{ safe_cast_timestamp('leads.updated_at') }} as updated_at,
        {{ safe_cast_timestamp('leads._fivetran_synced') }} as loaded_at,
        leads_gone.gone_lead_id is not null
        or coalesce({{ safe_cast_boolean('leads._fivetran_deleted') }}, false)
            as is_deleted

    from leads

    left join leads_gone
        on {{ text_id('leads.id') }} = leads_gone.gone_lead_id

)

select * from leads_cleaned
