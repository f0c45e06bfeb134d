with

email_events as (

    select * from {{ ref('stg_mailchimp__email_events') }}

),

subscription_events as (

    select * from {{ ref('stg_mailchimp__subscription_events') }}

),

events as (

    select * from email_events

    union all

    select * from subscription_events

)

select * from events
