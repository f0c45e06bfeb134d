with

orders as (

    {{ raw_columns('woocommerce', 'orders') }}

),

products as (

    {{ raw_columns('woocommerce', 'products') }}

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
        user_agent,
        ip_address

    from {{ ref('stg_woocommerce__order_events') }}

    where event_name = 'order_completed'

),

order_lines as (

    select
        {{ text_id('id') }} as order_id,
        {{ json_elements('line_items') }} as line_item

    from orders

),

-- Rows landed twice give their lines twice.
order_lines_cleaned as (

    select distinct
        order_id,
        {{ json_text('line_item', ['id']) }} as order_line_id,
        nullif({{ json_text('line_item', ['product_id']) }}, '0') as product_id,
        {{ clean_text(json_text('line_item', ['name'])) }} as content_name,
        {{ safe_cast_numeric(json_text('line_item', ['price'])) }} as unit_price,
        {{ safe_cast_numeric(json_text('line_item', ['quantity'])) }} as quantity

    from order_lines

),

products_bought as (

    select
        'woocommerce' as source,
        'product_purchased:' || order_lines_cleaned.order_line_id as source_event_id,
        completed_orders.source_record_id,
        completed_orders.email,
        completed_orders.phone,
        'product_purchased' as event_name,
        completed_orders.occurred_at,
        completed_orders.loaded_at,
        order_lines_cleaned.content_name,
        order_lines_cleaned.product_id,
        {{ clean_text(json_text('products.categories', [0, 'name'])) }}
            as product_category,
        order_lines_cleaned.unit_price,
        order_lines_cleaned.quantity,
        completed_orders.currency,
        completed_orders.order_id,
        completed_orders.discount_code,
        completed_orders.user_agent,
        completed_orders.ip_address

    from order_lines_cleaned

    inner join completed_orders
        on order_lines_cleaned.order_id = completed_orders.order_id

    left join products
        on order_lines_cleaned.product_id = {{ text_id('products.id') }}

),

events as (

    {{ as_shape('events', 'products_bought') }}

)

select * from events
