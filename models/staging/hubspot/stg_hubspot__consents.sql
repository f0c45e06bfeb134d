with

contacts as (

    select * from {{ ref('stg_hubspot__contacts') }}

),

events as (

    select
        source_record_id,
        email,
        event_name,
        occurred_at,
        loaded_at

    from {{ ref('stg_hubspot__events') }}

    where event_name in ('newsletter_subscribed', 'email_unsubscribed')

),

decisions as (

    select
        source_record_id,
        email,
        case event_name
            when 'newsletter_subscribed' then 'granted'
            else 'denied'
        end as status,
        occurred_at as changed_at,
        loaded_at

    from events

    union all

    -- HubSpot keeps no time of the opt-out itself.
    select
        contact_id as source_record_id,
        email,
        'denied' as status,
        coalesce(updated_at, created_at, loaded_at) as changed_at,
        loaded_at

    from contacts

    where is_opted_out

),

decisions_on_email as (

    select
        'hubspot' as source,
        source_record_id,
        email,
        'email_marketing' as purpose,
        status,
        changed_at,
        loaded_at

    from decisions

),

consents as (

    {{ as_shape('consents', 'decisions_on_email') }}

)

select * from consents
