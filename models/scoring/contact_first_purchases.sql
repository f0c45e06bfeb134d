with

events as (

    select
        contact_id,
        event_name,
        occurred_at

    from {{ ref('scored_events') }}

),

event_catalog as (

    select
        event_name,
        is_activity = 'true' as is_activity,
        is_conversion = 'true' as is_conversion

    from {{ ref('event_catalog') }}

),

first_purchases as (

    select
        events.contact_id,
        min(events.occurred_at) as first_purchased_at

    from events

    inner join event_catalog
        on events.event_name = event_catalog.event_name

    where event_catalog.is_conversion

    group by events.contact_id

),

touches as (

    select
        events.contact_id,
        events.occurred_at

    from events

    inner join event_catalog
        on events.event_name = event_catalog.event_name

    where event_catalog.is_activity

),

contact_first_purchases as (

    select
        first_purchases.contact_id,
        first_purchases.first_purchased_at,
        {{ whole_number('count(touches.occurred_at)') }} as touches_before_purchase

    from first_purchases

    left outer join touches
        on
            first_purchases.contact_id = touches.contact_id
            and first_purchases.first_purchased_at > touches.occurred_at

    group by
        first_purchases.contact_id,
        first_purchases.first_purchased_at

)

select * from contact_first_purchases
