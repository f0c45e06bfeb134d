with

scored_events as (

    select
        event_id,
        contact_id,
        event_name,
        occurred_at,
        amount,
        currency,
        source

    from {{ ref('scored_events') }}

),

conversion_events as (

    select event_name

    from {{ ref('event_catalog') }}

    {% if var('conversion_events', none) -%}
        where event_name in ('{{ var("conversion_events") | join("', '") }}')
    {%- else -%}
        where is_conversion = 'true'
    {%- endif %}

),

conversions as (

    select scored_events.*

    from scored_events

    inner join conversion_events
        on scored_events.event_name = conversion_events.event_name

)

select * from conversions
