with

people as (

    {{ raw_columns('people_list', 'people') }}

),

meetings as (

    select
        'people_list' as source,
        'trade_show_met:' || {{ clean_text('row_id') }} as source_event_id,
        {{ clean_text('row_id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        'trade_show_met' as event_name,
        {{ safe_cast_timestamp('met_at') }} as occurred_at,
        {{ safe_cast_timestamp('loaded_at') }} as loaded_at,
        {{ clean_text('list_name') }} as campaign

    from people

    -- Someone on the list whom nobody met. A date that cannot be read is a meeting.
    where {{ clean_text('met_at') }} is not null

),

events as (

    {{ as_shape('events', 'meetings') }}

)

select * from events
