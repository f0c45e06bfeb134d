with

deals as (

    {{ raw_columns('hubspot', 'deal') }}

),

deal_contacts as (

    {{ raw_columns('hubspot', 'deal_contact') }}

),

stages as (

    {{ raw_columns('hubspot', 'deal_pipeline_stage') }}

),

deals_by_contact as (

    select
        'hubspot' as source,
        {{ text_id('deals.deal_id') }}
        || coalesce(':' || {{ text_id('deal_contacts.contact_id') }}, '') as deal_key,
        {{ text_id('deal_contacts.contact_id') }} as source_record_id,
        {{ safe_cast_timestamp('deals.property_createdate') }} as created_at,
        {{ safe_cast_timestamp('deals.property_closedate') }} as closed_at,
        {{ safe_cast_timestamp('deals._fivetran_synced') }} as loaded_at,
        {{ clean_text('deals.property_dealname') }} as content_name,
        {{ safe_cast_numeric('deals.property_amount') }} as amount,

        -- A won stage is closed too: won is asked first.
        case
            when {{ safe_cast_boolean('stages.closed_won') }} then 'deal_won'
            when {{ safe_cast_boolean('stages.is_closed') }} then 'deal_lost'
        end as outcome

    from deals

    -- A deal of nobody stays in sight: its events have no contact.
    left join deal_contacts
        on {{ text_id('deals.deal_id') }} = {{ text_id('deal_contacts.deal_id') }}

    left join stages
        on
            {{ text_id('deals.deal_pipeline_stage_id') }}
            = {{ text_id('stages.stage_id') }}

    where coalesce({{ safe_cast_boolean('deals.is_deleted') }}, false) = false

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
