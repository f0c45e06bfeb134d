with

purchase_items as (

    {{ raw_columns('ga4', 'purchase_items') }}

),

purchases as (

    select
        *,
        row_number() over (
            partition by order_id
            order by occurred_at, anonymous_id, source_event_id
        ) as copy_number

    from {{ ref('stg_ga4__tracked_events') }}

    where
        event_name = 'order_completed'
        and order_id is not null

),

products_bought as (

    select
        'ga4' as source,
        'product_purchased:' || purchases.order_id
        || ':' || {{ text_id('purchase_items.item_index') }} as source_event_id,
        purchases.email,
        purchases.external_id,
        purchases.anonymous_id,
        purchases.session_id,
        'product_purchased' as event_name,
        purchases.occurred_at,
        purchases.loaded_at,
        {{ clean_text('purchase_items.item_name') }} as content_name,
        purchases.campaign,
        {{ clean_text('purchase_items.item_id') }} as product_id,
        {{ clean_text('purchase_items.item_category') }} as product_category,
        {{ safe_cast_numeric('purchase_items.item_price') }} as unit_price,
        {{ safe_cast_numeric('purchase_items.item_quantity') }} as quantity,
        purchases.currency,
        purchases.order_id,
        purchases.discount_code

    from purchase_items

    -- The items of a purchase that was sent twice belong to the first.
    inner join purchases
        on
            {{ clean_text('purchase_items.transaction_id') }} = purchases.order_id
            and purchases.copy_number = 1

),

events as (

    {{ as_shape('events', 'products_bought') }}

)

select * from events
