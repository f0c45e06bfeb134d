with

page_views as (

    {{ raw_columns('web', 'page_views') }}

),

tracks as (

    {{ raw_columns('web', 'tracks') }}

),

page_view_events as (

    select
        'web' as source,
        id as source_event_id,
        user_id as external_id,
        anonymous_id,
        session_id,
        'page_viewed' as event_name,
        {{ safe_cast_timestamp('viewed_at') }} as occurred_at,
        {{ safe_cast_timestamp('received_at') }} as loaded_at,
        path as page_path,
        title as content_name,
        utm_campaign as campaign,
        product_id,
        product_category,
        {{ safe_cast_integer('duration_seconds') }} as duration_seconds,
        user_agent,
        ip_address

    from page_views

),

track_events as (

    select
        'web' as source,

        -- Page views and tracks are numbered apart.
        'track:' || cast(id as {{ dbt.type_string() }}) as source_event_id,
        user_id as external_id,
        anonymous_id,
        session_id,
        event as event_name,
        {{ safe_cast_timestamp('occurred_at') }} as occurred_at,
        {{ safe_cast_timestamp('received_at') }} as loaded_at,
        path as page_path,
        content_name,
        product_id,
        product_category,
        {{ safe_cast_numeric('price') }} as unit_price,
        {{ safe_cast_numeric('quantity') }} as quantity,
        user_agent,
        ip_address

    from tracks

    -- An answer to the consent banner is a consent.
    where coalesce(event, '') not in ('consent_granted', 'consent_denied')

),

events as (

    {{ as_shape('events', 'page_view_events') }}

    union all

    {{ as_shape('events', 'track_events') }}

)

select * from events
