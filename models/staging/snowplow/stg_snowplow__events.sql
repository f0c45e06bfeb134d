with

atomic_events as (

    select * from {{ ref('stg_snowplow__atomic_events') }}

),

events_named as (

    select
        'snowplow' as source,

        -- A reloaded thank-you page sends its order again, with other event ids.
        case
            when order_id is null then event_id
            when tracked_name = 'transaction' then 'order_completed:' || order_id
            when tracked_name = 'transaction_item'
                then 'product_purchased:' || order_id || coalesce(':' || product_id, '')
            else event_id
        end as source_event_id,

        email,
        external_id,
        anonymous_id,
        session_id,
        case
            when tracked_name = 'page_view' then 'page_viewed'
            when tracked_name = 'transaction' then 'order_completed'
            when tracked_name = 'transaction_item' then 'product_purchased'
            when tracked_name = 'submit_form' then 'form_submitted'

            -- A structured event is called event: its action is its name.
            else {{ regex_replace(
                "case when tracked_name in ('event', 'struct') then struct_action"
                ~ " else tracked_name end",
                '[ -]+', '_'
            ) }}
        end as given_name,
        occurred_at,
        loaded_at,
        page_path,
        coalesce(product_name, struct_label, page_title) as content_name,
        campaign,
        product_id,
        product_category,
        unit_price,
        quantity,
        amount,
        currency,
        order_id,
        user_agent,
        ip_address

    from atomic_events

    where
        coalesce(tracked_name, '') not in ('link_click', 'focus_form', 'change_form')
        and (
            coalesce(tracked_name, '') not in ('transaction', 'transaction_item')
            or {{ web_orders_count() }}
        )

),

-- What sites call the same thing, by the custom of Snowplow's own examples.
events_of_catalogue as (

    select
        *,
        case given_name
            when 'add_to_basket' then 'cart_item_added'
            when 'add_to_cart' then 'cart_item_added'
            when 'remove_from_basket' then 'cart_item_removed'
            when 'remove_from_cart' then 'cart_item_removed'
            when 'sign_up' then 'account_created'
            when 'signup' then 'account_created'
            when 'download' then 'document_downloaded'
            else given_name
        end as event_name

    from events_named

),

events as (

    {{ as_shape('events', 'events_of_catalogue') }}

)

select * from events
