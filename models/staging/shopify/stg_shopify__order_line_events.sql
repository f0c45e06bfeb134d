with

order_lines as (

    {{ raw_columns('shopify', 'order_line') }}

),

products as (

    {{ raw_columns('shopify', 'product') }}

),

completed_orders as (

    select
        order_id,
        source_record_id,
        email,
        phone,
        occurred_at,
        loaded_at,
        currency,
        discount_code,
        ip_address

    from {{ ref('stg_shopify__order_events') }}

    where event_name = 'order_completed'

),

order_lines_cleaned as (

    select
        {{ clean_text('id') }} as order_line_id,
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('product_id') }} as product_id,
        coalesce({{ clean_text('title') }}, {{ clean_text('name') }}) as title,
        {{ safe_cast_numeric('price') }} as price,
        {{ safe_cast_numeric('original_total_set_shop_amount') }} as line_total,
        {{ safe_cast_numeric('quantity') }} as quantity

    from order_lines

),

products_bought as (

    select
        'shopify' as source,
        'product_purchased:' || order_lines_cleaned.order_line_id as source_event_id,
        completed_orders.source_record_id,
        completed_orders.email,
        completed_orders.phone,
        'product_purchased' as event_name,
        completed_orders.occurred_at,
        completed_orders.loaded_at,
        order_lines_cleaned.product_id,
        order_lines_cleaned.title as content_name,
        {{ clean_text('products.product_type') }} as product_category,

        -- The newer layout has the total of the line only.
        coalesce(
            order_lines_cleaned.price,
            order_lines_cleaned.line_total / nullif(order_lines_cleaned.quantity, 0)
        ) as unit_price,
        order_lines_cleaned.quantity,
        completed_orders.currency,
        completed_orders.order_id,
        completed_orders.discount_code,
        completed_orders.ip_address

    from order_lines_cleaned

    inner join completed_orders
        on order_lines_cleaned.order_id = completed_orders.order_id

    left join products
        on order_lines_cleaned.product_id = {{ clean_text('products.id') }}

),

events as (

    {{ as_shape('events', 'products_bought') }}

)

select * from events
