{%- set least_links = 3 -%}
{%- set seconds = 2 -%}

with

clicks as (

    select
        source,
        source_event_id,
        record_key,
        link_url,
        occurred_at,
        {{ dbt.dateadd('second', seconds, 'occurred_at') }} as burst_end,
        {{ dbt.date_trunc('minute', 'occurred_at') }} as clicked_minute

    from {{ ref('source_events') }}

    where
        event_name = 'email_clicked'
        and quarantine_reason is null

),

-- A click is looked for in its own minute and the one before: the join stays one of
-- equals, and a mailbox with years of clicks costs what its minutes cost.
clicks_by_minute as (

    select
        *,
        clicked_minute as minute_compared

    from clicks

    union all

    select
        *,
        {{ dbt.dateadd('minute', -1, 'clicked_minute') }} as minute_compared

    from clicks

),

clicks_and_those_after as (

    select
        clicks.source,
        clicks.source_event_id as first_event_id,
        clicks_by_minute.source_event_id,
        clicks_by_minute.link_url

    from clicks

    inner join clicks_by_minute
        on
            clicks.source = clicks_by_minute.source
            and clicks.record_key = clicks_by_minute.record_key
            and clicks.clicked_minute = clicks_by_minute.minute_compared
            and clicks.occurred_at <= clicks_by_minute.occurred_at
            and clicks.burst_end >= clicks_by_minute.occurred_at

),

bursts as (

    select
        source,
        first_event_id

    from clicks_and_those_after

    group by source, first_event_id

    having count(distinct link_url) >= {{ least_links }}

),

click_bursts as (

    select distinct
        clicks_and_those_after.source,
        clicks_and_those_after.source_event_id

    from clicks_and_those_after

    inner join bursts
        on
            clicks_and_those_after.source = bursts.source
            and clicks_and_those_after.first_event_id = bursts.first_event_id

)

select * from click_bursts
