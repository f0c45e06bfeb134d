with

checkouts as (

    {{ raw_columns('shopify', 'abandoned_checkout') }}

),

checkouts_not_completed as (

    select
        'shopify' as source,
        'checkout_abandoned:' || {{ clean_text('id') }} as source_event_id,
        {{ clean_text('customer_id') }} as source_record_id,
        {{ clean_text('email') }} as email,
        {{ clean_text('phone') }} as phone,
        'checkout_abandoned' as event_name,
        {{ safe_cast_timestamp('created_at') }} as occurred_at,
        {{ safe_cast_timestamp('_fivetran_synced') }} as loaded_at,
        coalesce(
            {{ safe_cast_numeric('total_price') }},
            {{ safe_cast_numeric('total_price_set_shop_amount') }}
        ) as amount,
        coalesce(
            {{ clean_text('currency') }},
            {{ clean_text('total_price_set_shop_currency_code') }}
        ) as currency

    from checkouts

    where
        {{ clean_text('completed_at') }} is null
        and coalesce({{ safe_cast_boolean('_fivetran_deleted') }}, false) = false

),

events as (

    {{ as_shape('events', 'checkouts_not_completed') }}

)

select * from events
