with

opportunities as (

    {{ raw_columns('salesforce', 'opportunity') }}

),

roles as (

    {{ raw_columns('salesforce', 'opportunity_contact_role') }}

),

contacts_of_opportunities as (

    -- A contact may have several roles in one opportunity.
    select
        {{ clean_text('opportunity_id') }} as opportunity_id,
        {{ clean_text('contact_id') }} as contact_id

    from roles

    where coalesce({{ safe_cast_boolean('is_deleted') }}, false) = false

    group by {{ clean_text('opportunity_id') }}, {{ clean_text('contact_id') }}

),

deals_by_contact as (

    select
        'salesforce' as source,
        {{ clean_text('opportunities.id') }}
        || coalesce(':' || contacts_of_opportunities.contact_id, '') as deal_key,
        contacts_of_opportunities.contact_id as source_record_id,
        {{ safe_cast_timestamp('opportunities.created_date') }} as created_at,
        {{ safe_cast_timestamp('opportunities.close_date') }} as closed_at,
        {{ safe_cast_timestamp('opportunities._fivetran_synced') }} as loaded_at,
        {{ clean_text('opportunities.name') }} as content_name,
        {{ safe_cast_numeric('opportunities.amount') }} as amount,
        {{ clean_text('opportunities.currency_iso_code') }} as currency,

        -- A won opportunity is closed too: won is asked first.
        case
            when {{ safe_cast_boolean('opportunities.is_won') }} then 'deal_won'
            when {{ safe_cast_boolean('opportunities.is_closed') }} then 'deal_lost'
        end as outcome

    from opportunities

    -- An opportunity of nobody stays in sight: its events have no contact.
    left join contacts_of_opportunities
        on
            {{ clean_text('opportunities.id') }}
            = contacts_of_opportunities.opportunity_id

    where coalesce({{ safe_cast_boolean('opportunities.is_deleted') }}, false) = false

),

deal_steps as (

    select
        *,
        'deal_created' as event_name,
        'deal_created:' || deal_key as source_event_id,
        created_at as occurred_at

    from deals_by_contact

    union all

    select
        *,
        outcome as event_name,
        outcome || ':' || deal_key as source_event_id,
        closed_at as occurred_at

    from deals_by_contact

    where outcome is not null

),

events as (

    {{ as_shape('events', 'deal_steps') }}

)

select * from events
