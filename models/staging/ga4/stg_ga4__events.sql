with

tracked_events as (

    select * from {{ ref('stg_ga4__tracked_events') }}

),

item_events as (

    select * from {{ ref('stg_ga4__item_events') }}

),

events as (

    select * from tracked_events

    union all

    select * from item_events

)

select * from events
