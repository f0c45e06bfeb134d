with

email_events as (

    select * from {{ ref('stg_hubspot__email_events') }}

),

form_events as (

    select * from {{ ref('stg_hubspot__form_events') }}

),

deal_events as (

    select * from {{ ref('stg_hubspot__deal_events') }}

),

lead_events as (

    select * from {{ ref('stg_hubspot__lead_events') }}

),

events as (

    select * from email_events

    union all

    select * from form_events

    union all

    select * from deal_events

    union all

    select * from lead_events

)

select * from events
