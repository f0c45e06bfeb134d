with

contact_events as (

    select
        exclusion_reason,
        source,
        event_name,
        contact_id

    from {{ ref('contact_events') }}

    where is_excluded

),

excluded_events as (

    select
        exclusion_reason,
        source,
        event_name,
        count(*) as events,
        count(distinct contact_id) as contacts

    from contact_events

    group by exclusion_reason, source, event_name

)

select * from excluded_events
