{{ config(materialized='view') }}

with

offers as (

    select * from {{ ref('offers') }}

),

offer_orders as (

    select * from {{ ref('offer_orders') }}

),

offer_states as (

    select
        offers.offer_id,
        offers.offer,
        offers.label,
        offers.contact_id,
        offers.code,
        offers.discount,
        offers.issued_at,
        offers.expires_at,
        offer_orders.redeemed_at,
        coalesce(offer_orders.orders, 0) as orders,
        case
            when offer_orders.redeemed_at is not null then 'redeemed'
            when offers.expires_at <= {{ as_of() }} then 'expired'
            else 'open'
        end as status

    from offers

    left join offer_orders
        on offers.code = offer_orders.code

)

select * from offer_states
