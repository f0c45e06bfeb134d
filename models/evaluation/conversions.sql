with

contact_events as (

    select
        event_id,
        contact_id,
        event_name,
        occurred_at,
        amount,
        currency,
        source

    from {{ ref('contact_events') }}

),

conversion_events as (

    select event_name

    from {{ ref('event_catalog') }}

    where is_conversion = 'true'

),

conversions as (

    select contact_events.*

    from contact_events

    inner join conversion_events
        on contact_events.event_name = conversion_events.event_name

)

select * from conversions
