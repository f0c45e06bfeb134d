with

active_event_rules as (

    select
        rule,
        within_days

    from {{ ref('active_event_rules') }}

),

scoring_dates as (

    select as_of

    from {{ ref('scoring_dates') }}

),

event_rule_dates as (

    select
        active_event_rules.rule,
        scoring_dates.as_of,
        {{ dbt.dateadd(
            'day', '-active_event_rules.within_days', 'scoring_dates.as_of'
        ) }} as window_start

    from active_event_rules

    cross join scoring_dates

)

select * from event_rule_dates
