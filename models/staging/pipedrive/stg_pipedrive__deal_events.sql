with

deals as (

    {{ raw_columns('pipedrive', 'deals') }}

),

deals_cleaned as (

    select
        'pipedrive' as source,
        {{ text_id('id') }} as deal_id,
        {{ text_id('person_id') }} as source_record_id,
        lower({{ clean_text('status') }}) as status,
        {{ safe_cast_timestamp('add_time') }} as created_at,
        {{ safe_cast_timestamp('close_time') }} as closed_at,
        {{ safe_cast_timestamp('won_time') }} as won_at,
        {{ safe_cast_timestamp('lost_time') }} as lost_at,
        coalesce(
            {{ safe_cast_timestamp('_airbyte_extracted_at') }},
            {{ safe_cast_timestamp('_airbyte_emitted_at') }}
        ) as loaded_at,
        {{ clean_text('title') }} as content_name,
        {{ safe_cast_numeric('value') }} as amount,
        {{ clean_text('currency') }} as currency

    from deals

    where coalesce({{ safe_cast_boolean('deleted') }}, false) = false

),

deal_steps as (

    select
        *,
        'deal_created' as event_name,
        'deal_created:' || deal_id as source_event_id,
        created_at as occurred_at

    from deals_cleaned

    where coalesce(status, '') <> 'deleted'

    union all

    -- A deal that was lost and won later has both times: its status decides.
    select
        *,
        'deal_' || status as event_name,
        'deal_' || status || ':' || deal_id as source_event_id,
        coalesce(case status when 'won' then won_at else lost_at end, closed_at)
            as occurred_at

    from deals_cleaned

    where status in ('won', 'lost')

),

events as (

    {{ as_shape('events', 'deal_steps') }}

)

select * from events
