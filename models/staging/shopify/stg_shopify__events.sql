with

order_events as (

    select * from {{ ref('stg_shopify__order_events') }}

),

order_line_events as (

    select * from {{ ref('stg_shopify__order_line_events') }}

),

checkout_events as (

    select * from {{ ref('stg_shopify__checkout_events') }}

),

events as (

    select * from order_events

    union all

    select * from order_line_events

    union all

    select * from checkout_events

)

select * from events
