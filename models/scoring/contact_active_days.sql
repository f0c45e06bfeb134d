with

events as (

    select
        contact_id,
        event_name,
        occurred_at

    from {{ ref('scored_events') }}

),

activities as (

    select event_name

    from {{ ref('event_catalog') }}

    where is_activity = 'true'

),

scoring_months as (

    select
        as_of,
        {{ dbt.dateadd('day', -30, 'as_of') }} as month_start

    from {{ ref('scoring_dates') }}

),

-- Day 0 is the last 24 hours, so that seven days are seven days at any hour.
days_with_activity as (

    select distinct
        events.contact_id,
        scoring_months.as_of,
        floor({{ days_between('events.occurred_at', 'scoring_months.as_of') }})
            as days_ago

    from events

    inner join activities
        on events.event_name = activities.event_name

    inner join scoring_months
        on
            events.occurred_at > scoring_months.month_start
            and events.occurred_at <= scoring_months.as_of

),

contact_active_days as (

    select
        contact_id,
        as_of,
        {{ count_when('days_ago < 7') }} as active_days_7,
        {{ count_when('days_ago < 30') }} as active_days_30

    from days_with_activity

    group by
        contact_id,
        as_of

)

select * from contact_active_days
