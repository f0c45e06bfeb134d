{%- set is_purchase = "event_name in ('order_completed', 'deal_won')" -%}

with

events as (

    select
        contact_id,
        event_name,
        occurred_at,
        page_path,
        unit_price

    from {{ ref('scored_events') }}

),

event_catalog as (

    select
        event_name,
        case is_activity when 'true' then 1 else 0 end as is_activity

    from {{ ref('event_catalog') }}

),

scoring_dates as (

    select as_of

    from {{ ref('scoring_dates') }}

),

events_until_date as (

    select
        events.contact_id,
        scoring_dates.as_of,
        events.event_name,
        events.page_path,
        events.unit_price,
        event_catalog.is_activity,
        0 as is_scored,
        {{ days_between('events.occurred_at', 'scoring_dates.as_of') }} as age_days

    from events

    inner join event_catalog
        on events.event_name = event_catalog.event_name

    inner join scoring_dates
        on events.occurred_at <= scoring_dates.as_of

    union all

    -- One row for each contact to be scored, so that a count without events is 0.
    select
        contact_id,
        as_of,
        null as event_name,
        null as page_path,
        null as unit_price,
        0 as is_activity,
        1 as is_scored,
        null as age_days

    from {{ ref('contacts_at_dates') }}

),

-- A new field is one expression here. An event of exactly a day ago has age_days 1.
contact_event_fields as (

    select
        contact_id,
        as_of,
        {{ whole_number('min(case when is_activity = 1 then floor(age_days) end)') }}
            as days_since_last_activity,
        max(case when {{ is_purchase }} then 1 else 0 end) = 1 as has_purchased,
        {{ count_when(is_purchase ~ ' and age_days < 365') }} as purchases_365d,
        {{ count_when("page_path like '/careers%' and age_days < 90") }}
            as careers_views_90d,
        {{ count_when("page_path like '/careers%' and event_name = 'form_submitted'") }}
            as job_applications,
        {{ count_when(shows_interest() ~ ' and age_days < 90') }} as interest_90d,
        {{ count_when("page_path like '/pricing%' and age_days < 30") }}
            as pricing_views_30d,
        cast(max(case when age_days < 180 then unit_price end) as numeric(18, 2))
            as highest_price_180d

    from events_until_date

    group by contact_id, as_of

    having max(is_scored) = 1

)

select * from contact_event_fields
