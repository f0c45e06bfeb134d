with

deals as (

    {{ raw_columns('activecampaign', 'deal') }}

),

deals_cleaned as (

    select
        'activecampaign' as source,
        {{ text_id('id') }} as deal_id,
        coalesce(
            {{ text_id('contact_id') }}, {{ text_id('contact') }}
        ) as source_record_id,
        case {{ text_id('status') }}
            when '1' then 'deal_won'
            when '2' then 'deal_lost'
        end as outcome,
        coalesce(
            {{ safe_cast_timestamp('c_date') }}, {{ safe_cast_timestamp('cdate') }}
        ) as created_at,

        -- No time of the outcome is kept: it is mostly the last thing that changes.
        coalesce(
            {{ safe_cast_timestamp('m_date') }}, {{ safe_cast_timestamp('mdate') }}
        ) as changed_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        {{ clean_text('title') }} as content_name,

        -- Values are kept in cents.
        {{ safe_cast_numeric('value') }} / 100 as amount,
        upper({{ clean_text('currency') }}) as currency

    from deals

    where coalesce({{ safe_cast_boolean('_fivetran_deleted') }}, false) = false

),

deal_steps as (

    select
        *,
        'deal_created' as event_name,
        'deal_created:' || deal_id as source_event_id,
        created_at as occurred_at

    from deals_cleaned

    union all

    select
        *,
        outcome as event_name,
        outcome || ':' || deal_id as source_event_id,
        changed_at as occurred_at

    from deals_cleaned

    where outcome is not null

),

events as (

    {{ as_shape('events', 'deal_steps') }}

)

select * from events
