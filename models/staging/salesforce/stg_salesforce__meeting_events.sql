with

calendar_entries as (

    {{ raw_columns('salesforce', 'event') }}

),

meetings as (

    select
        'salesforce' as source,
        'meeting_booked:' || {{ clean_text('id') }} as source_event_id,
        {{ clean_text('who_id') }} as source_record_id,
        'meeting_booked' as event_name,

        -- When it was booked, not when it takes place.
        {{ safe_cast_timestamp('created_date') }} as occurred_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        {{ clean_text('subject') }} as content_name

    from calendar_entries

    -- An entry without a person is the colleague's own; a child is a guest's copy.
    where
        {{ clean_text('who_id') }} is not null
        and coalesce({{ safe_cast_boolean('is_child') }}, false) = false
        and coalesce({{ safe_cast_boolean('is_deleted') }}, false) = false

),

events as (

    {{ as_shape('events', 'meetings') }}

)

select * from events
