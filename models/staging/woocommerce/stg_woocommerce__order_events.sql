with

orders as (

    {{ raw_columns('woocommerce', 'orders') }}

),

refunds as (

    {{ raw_columns('woocommerce', 'refunds') }}

),

-- A refund does not say whose it is; the order lists its refunds.
refunds_in_orders as (

    select
        {{ text_id('id') }} as order_id,
        {{ json_elements('refunds') }} as refund

    from orders

),

last_refunds as (

    select
        refunds_in_orders.order_id,
        max({{ safe_cast_timestamp('refunds.date_created_gmt') }}) as refunded_at

    from refunds_in_orders

    inner join refunds
        on
            {{ json_text('refunds_in_orders.refund', ['id']) }}
            = {{ text_id('refunds.id') }}

    group by refunds_in_orders.order_id

),

orders_cleaned as (

    select
        {{ text_id('id') }} as order_id,

        -- Guests are customer 0.
        nullif({{ text_id('customer_id') }}, '0') as source_record_id,
        {{ billing_text('email') }} as email,
        {{ billing_text('phone') }} as phone,
        lower({{ clean_text('status') }}) as status,
        {{ safe_cast_timestamp('date_paid_gmt') }} as paid_at,
        {{ safe_cast_timestamp('date_created_gmt') }} as created_at,
        {{ safe_cast_timestamp('date_modified_gmt') }} as modified_at,
        {{ safe_cast_timestamp('_airbyte_extracted_at') }} as loaded_at,
        {{ safe_cast_numeric('total') }} as amount,
        {{ clean_text('currency') }} as currency,
        {{ clean_text(json_text('coupon_lines', [0, 'code'])) }} as discount_code,
        {{ clean_text('customer_user_agent') }} as user_agent,
        {{ clean_text('customer_ip_address') }} as ip_address

    from orders

),

-- Plugins add states of their own, before and after payment: what is paid has a date.
orders_with_outcome as (

    select
        *,
        case
            when status in ('cancelled', 'refunded') then 'order_cancelled'
            when status in ('processing', 'completed') then 'order_completed'
            when
                paid_at is not null
                and status not in (
                    'pending', 'on-hold', 'failed', 'checkout-draft', 'trash'
                )
                then 'order_completed'
        end as event_name

    from orders_cleaned

),

outcomes as (

    select
        orders_with_outcome.*,
        'woocommerce' as source,
        orders_with_outcome.event_name || ':' || orders_with_outcome.order_id
            as source_event_id,

        -- Of the end of an order only the last change is on record.
        case orders_with_outcome.event_name
            when 'order_completed' then orders_with_outcome.created_at
            else
                coalesce(
                    last_refunds.refunded_at,
                    orders_with_outcome.modified_at,
                    orders_with_outcome.created_at
                )
        end as occurred_at

    from orders_with_outcome

    left join last_refunds
        on
            orders_with_outcome.order_id = last_refunds.order_id
            and orders_with_outcome.status = 'refunded'

    -- Neither paid nor ended: no outcome yet.
    where orders_with_outcome.event_name is not null

),

events as (

    {{ as_shape('events', 'outcomes') }}

)

select * from events
