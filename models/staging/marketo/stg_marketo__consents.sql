with

leads as (

    select * from {{ ref('stg_marketo__leads') }}

),

events as (

    select
        source_record_id,
        email,
        event_name,
        occurred_at,
        loaded_at

    from {{ ref('stg_marketo__events') }}

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

    -- The flag has no time of its own, and somebody may have set it by hand.
    select
        lead_id as source_record_id,
        email,
        'denied' as status,
        coalesce(updated_at, created_at, loaded_at) as changed_at,
        loaded_at

    from leads

    where is_opted_out

),

decisions_on_email as (

    select
        'marketo' as source,
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
