with

order_events as (

    select * from {{ ref('stg_woocommerce__order_events') }}

),

order_line_events as (

    select * from {{ ref('stg_woocommerce__order_line_events') }}

),

events as (

    select * from order_events

    union all

    select * from order_line_events

)

select * from events
