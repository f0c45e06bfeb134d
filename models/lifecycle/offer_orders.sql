{{ config(materialized='view') }}

with

orders as (

    select
        event_id,
        contact_id,
        occurred_at,
        upper(trim(discount_code)) as code

    from {{ ref('scored_events') }}

    where
        event_name = 'order_completed'
        and discount_code is not null
        and occurred_at <= {{ as_of() }}

),

offer_orders as (

    select
        code,
        min(occurred_at) as redeemed_at,
        {{ whole_number('count(*)') }} as orders

    from orders

    group by code

)

select * from offer_orders
