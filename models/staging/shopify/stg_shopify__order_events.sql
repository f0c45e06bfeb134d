with

orders as (

    {{ raw_columns('shopify', 'order') }}

),

discount_codes as (

    {{ raw_columns('shopify', 'order_discount_code') }}

),

discount_codes_in_order as (

    select
        {{ clean_text('order_id') }} as order_id,
        {{ clean_text('code') }} as discount_code,
        row_number() over (
            partition by {{ clean_text('order_id') }}
            order by {{ safe_cast_integer('index') }}, {{ clean_text('code') }}
        ) as place

    from discount_codes

),

orders_with_outcome as (

    select
        {{ clean_text('id') }} as order_id,
        {{ clean_text('customer_id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,

        case
            when {{ clean_text('cancelled_at') }} is not null then 'order_cancelled'
            when
                coalesce(
                    lower({{ clean_text('financial_status') }}),
                    lower({{ clean_text('display_financial_status') }}),
                    'paid'
                ) in ('paid', 'partially_paid', 'authorized', 'partially_refunded')
                then 'order_completed'
        end as event_name,

        coalesce(
            {{ safe_cast_timestamp('cancelled_at') }},
            {{ safe_cast_timestamp('processed_at') }},
            {{ safe_cast_timestamp('created_at') }}
        ) as occurred_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,

        -- The newer layout has two currencies, the shop's and the buyer's.
        coalesce(
            {{ safe_cast_numeric('total_price') }},
            {{ safe_cast_numeric('total_price_set_shop_amount') }}
        ) as amount,
        coalesce({{ clean_text('currency') }}, {{ clean_text('currency_code') }})
            as currency,
        coalesce({{ clean_text('browser_ip') }}, {{ clean_text('client_ip') }})
            as ip_address

    from orders

    where
        coalesce({{ safe_cast_boolean('_fivetran_deleted') }}, false) = false
        and coalesce({{ safe_cast_boolean('test') }}, false) = false

),

outcomes as (

    select
        orders_with_outcome.*,
        'shopify' as source,
        orders_with_outcome.event_name || ':' || orders_with_outcome.order_id
            as source_event_id,
        discount_codes_in_order.discount_code

    from orders_with_outcome

    left join discount_codes_in_order
        on
            orders_with_outcome.order_id = discount_codes_in_order.order_id
            and discount_codes_in_order.place = 1

    -- Neither paid nor cancelled: no outcome yet, or all of it refunded.
    where orders_with_outcome.event_name is not null

),

events as (

    {{ as_shape('events', 'outcomes') }}

)

select * from events
