{{ config(materialized='view') }}

with

event_rule_matches as (

    select
        event_id,
        contact_id,
        rule,
        max_per_day,
        occurred_at

    from {{ ref('event_rule_matches') }}

),

event_rule_dates as (

    select
        rule,
        as_of,
        window_start

    from {{ ref('event_rule_dates') }}

),

-- Only the rules with a daily limit pay for the sort.
hits_numbered_by_day as (

    select
        event_rule_matches.*,
        event_rule_dates.as_of,
        row_number() over (
            partition by
                event_rule_matches.contact_id,
                event_rule_matches.rule,
                event_rule_dates.as_of,
                cast(event_rule_matches.occurred_at as date)
            order by
                event_rule_matches.occurred_at desc, event_rule_matches.event_id desc
        ) as place_in_day

    from event_rule_matches

    inner join event_rule_dates
        on
            event_rule_matches.rule = event_rule_dates.rule
            and event_rule_matches.occurred_at > event_rule_dates.window_start
            and event_rule_matches.occurred_at <= event_rule_dates.as_of

    where event_rule_matches.max_per_day is not null

),

event_rule_hits as (

    select
        event_rule_matches.event_id,
        event_rule_matches.contact_id,
        event_rule_dates.as_of,
        event_rule_matches.rule,
        event_rule_matches.occurred_at

    from event_rule_matches

    inner join event_rule_dates
        on
            event_rule_matches.rule = event_rule_dates.rule
            and event_rule_matches.occurred_at > event_rule_dates.window_start
            and event_rule_matches.occurred_at <= event_rule_dates.as_of

    where event_rule_matches.max_per_day is null

    union all

    select
        event_id,
        contact_id,
        as_of,
        rule,
        occurred_at

    from hits_numbered_by_day

    where place_in_day <= max_per_day

)

select * from event_rule_hits
