with

events as (

    {{ raw_columns('ga4', 'events') }}

),

-- Half of what GA4 writes are its own steps around a page view, which say no more of a
-- contact than the page view does. Any other name is for the catalogue to know or not.
events_worth_keeping as (

    select
        *,
        nullif({{ clean_text('transaction_id') }}, '(not set)') as order_id,
        {{ safe_cast_numeric('event_timestamp') }} as event_microseconds,
        case event_name
            when 'page_view' then 'page_viewed'
            when 'add_to_cart' then 'cart_item_added'
            when 'remove_from_cart' then 'cart_item_removed'
            when 'purchase' then 'order_completed'
            when 'sign_up' then 'account_created'
            when 'generate_lead' then 'information_requested'
            when 'form_submit' then 'form_submitted'
            when 'file_download' then 'document_downloaded'
            when 'video_complete' then 'video_watched'
            else event_name
        end as known_name

    from events

    where
        coalesce(event_name, '') not in (
            'session_start', 'first_visit', 'user_engagement', 'scroll', 'click',
            'form_start', 'video_start', 'video_progress', 'view_search_results',
            'view_item', 'view_item_list', 'select_item', 'view_promotion',
            'select_promotion', 'view_cart', 'add_to_wishlist', 'begin_checkout',
            'add_shipping_info', 'add_payment_info', 'refund'
        )
        and (coalesce(event_name, '') <> 'purchase' or {{ web_orders_count() }})

),

events_with_key as (

    select
        'ga4' as source,

        -- A reloaded thank-you page sends its purchase again; other events have no key.
        case
            when known_name = 'order_completed' and order_id is not null
                then 'order_completed:' || order_id
            else
                coalesce(cast(user_pseudo_id as {{ dbt.type_string() }}), '')
                || ':' || cast(event_timestamp as {{ dbt.type_string() }})
                || ':' || event_name
                || coalesce(
                    ':' || cast(batch_event_index as {{ dbt.type_string() }}), ''
                )
        end as source_event_id,

        {{ clean_text('email') }} as email,
        {{ clean_text('user_id') }} as external_id,
        user_pseudo_id as anonymous_id,

        -- GA4 numbers the visits of a browser, not of all.
        cast(user_pseudo_id as {{ dbt.type_string() }})
        || ':' || cast(ga_session_id as {{ dbt.type_string() }}) as session_id,
        known_name as event_name,
        {{ epoch_timestamp('event_microseconds') }} as occurred_at,
        {{ safe_cast_timestamp('loaded_at') }} as loaded_at,
        {{ url_path('page_location') }} as page_path,
        link_url,
        case known_name
            when 'page_viewed' then page_title
            else coalesce(file_name, video_title, item_name, page_title)
        end as content_name,
        campaign,
        item_id as product_id,
        item_category as product_category,
        {{ safe_cast_numeric('item_price') }} as unit_price,
        {{ safe_cast_numeric('item_quantity') }} as quantity,
        {{ safe_cast_numeric('purchase_revenue') }} as amount,
        currency,
        order_id,
        coupon as discount_code,
        {{ safe_cast_numeric('engagement_time_msec') }} / 1000 as duration_seconds

    from events_worth_keeping

),

tracked_events as (

    {{ as_shape('events', 'events_with_key') }}

)

select * from tracked_events
