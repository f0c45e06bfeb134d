with

lead_events as (

    select * from {{ ref('stg_salesforce__lead_events') }}

),

campaign_events as (

    select * from {{ ref('stg_salesforce__campaign_events') }}

),

meeting_events as (

    select * from {{ ref('stg_salesforce__meeting_events') }}

),

deal_events as (

    select * from {{ ref('stg_salesforce__deal_events') }}

),

events as (

    select * from lead_events

    union all

    select * from campaign_events

    union all

    select * from meeting_events

    union all

    select * from deal_events

)

select * from events
