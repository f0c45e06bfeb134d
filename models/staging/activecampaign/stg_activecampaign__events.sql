with

mail_events as (

    select * from {{ ref('stg_activecampaign__mail_events') }}

),

deal_events as (

    select * from {{ ref('stg_activecampaign__deal_events') }}

),

events as (

    select * from mail_events

    union all

    select * from deal_events

)

select * from events
