{{ config(materialized='view') }}

with

event_rule_matches as (

    select
        contact_id,
        rule,
        occurred_at

    from {{ ref('event_rule_matches') }}

    -- No other rule's events are looked at a second time.
    where first_time_millionths <> 0

),

event_rule_dates as (

    select
        rule,
        as_of,
        window_start

    from {{ ref('event_rule_dates') }}

),

-- The first of all time, before any window or daily limit. Two at one moment are one.
first_matches as (

    select
        contact_id,
        rule,
        min(occurred_at) as occurred_at

    from event_rule_matches

    group by
        contact_id,
        rule

),

event_rule_firsts as (

    select
        first_matches.contact_id,
        event_rule_dates.as_of,
        first_matches.rule,
        first_matches.occurred_at

    from first_matches

    inner join event_rule_dates
        on
            first_matches.rule = event_rule_dates.rule
            and first_matches.occurred_at > event_rule_dates.window_start
            and first_matches.occurred_at <= event_rule_dates.as_of

)

select * from event_rule_firsts
