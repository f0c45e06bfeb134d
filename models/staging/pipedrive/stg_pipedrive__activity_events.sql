with

activities as (

    {{ raw_columns('pipedrive', 'activities') }}

),

activities_named as (

    select
        'pipedrive' as source,
        {{ text_id('id') }} as activity_id,
        {{ text_id('person_id') }} as source_record_id,
        {{ clean_text('subject') }} as content_name,
        {{ safe_cast_timestamp('add_time') }} as added_at,
        {{ safe_cast_timestamp('marked_as_done_time') }} as done_at,
        coalesce(
            {{ safe_cast_timestamp('_airbyte_extracted_at') }},
            {{ safe_cast_timestamp('_airbyte_emitted_at') }}
        ) as loaded_at,

        -- A company adds types of its own: a demo is known by its name.
        case
            when
                lower({{ clean_text('type') }}) like '%demo%'
                and {{ safe_cast_boolean('done') }}
                then 'demo_attended'
            when lower({{ clean_text('type') }}) = 'meeting' then 'meeting_booked'
        end as event_name

    from activities

    where
        {{ clean_text('person_id') }} is not null
        and coalesce({{ safe_cast_boolean('active_flag') }}, true)

),

meetings_and_demos as (

    select
        *,
        event_name || ':' || activity_id as source_event_id,

        -- A meeting counts when it was booked, a demo when it was held.
        case event_name
            when 'demo_attended' then coalesce(done_at, added_at)
            else added_at
        end as occurred_at

    from activities_named

    where event_name is not null

),

events as (

    {{ as_shape('events', 'meetings_and_demos') }}

)

select * from events
