with

list_members as (

    select * from {{ ref('stg_activecampaign__list_members') }}

),

contacts as (

    select * from {{ ref('stg_activecampaign__contacts') }}

),

mail_events as (

    -- Only a form is a deed of the person: lists are filled by others too.
    select
        'newsletter_subscribed:' || member_id as source_event_id,
        contact_id as source_record_id,
        'newsletter_subscribed' as event_name,
        subscribed_at as occurred_at,
        loaded_at,
        list_name as campaign

    from list_members

    where came_by_form and status in ('subscribed', 'unsubscribed')

    union all

    select
        'email_unsubscribed:' || member_id as source_event_id,
        contact_id as source_record_id,
        'email_unsubscribed' as event_name,
        unsubscribed_at as occurred_at,
        loaded_at,
        list_name as campaign

    from list_members

    where status = 'unsubscribed'

    union all

    select
        'email_bounced:' || contact_id as source_event_id,
        contact_id as source_record_id,
        'email_bounced' as event_name,
        bounced_at as occurred_at,
        loaded_at,
        null as campaign

    from contacts

    where has_bounced and bounced_at is not null

),

mail_events_of_source as (

    select
        *,
        'activecampaign' as source

    from mail_events

),

events as (

    {{ as_shape('events', 'mail_events_of_source') }}

)

select * from events
