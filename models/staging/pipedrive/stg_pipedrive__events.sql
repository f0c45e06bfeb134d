with

deal_events as (

    select * from {{ ref('stg_pipedrive__deal_events') }}

),

activity_events as (

    select * from {{ ref('stg_pipedrive__activity_events') }}

),

events as (

    select * from deal_events

    union all

    select * from activity_events

)

select * from events
