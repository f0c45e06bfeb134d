with

contacts_at_dates as (

    select * from {{ ref('contacts_at_dates') }}

),

event_rule_hits as (

    select * from {{ ref('event_rule_hits') }}

),

event_rule_firsts as (

    select * from {{ ref('event_rule_firsts') }}

),

active_event_rules as (

    select
        rule,
        scorecard,
        rule_group,
        millionths,
        first_time_millionths,
        half_life_days,
        min_times,
        max_points

    from {{ ref('active_event_rules') }}

),

points_summed as (

    select
        event_rule_hits.contact_id,
        event_rule_hits.as_of,
        event_rule_hits.rule,
        count(*) as occurrences,
        max(event_rule_hits.occurred_at) as last_occurred_at,
        sum({{ decayed_millionths(
            'active_event_rules.millionths',
            days_between('event_rule_hits.occurred_at', 'event_rule_hits.as_of'),
            'active_event_rules.half_life_days'
        ) }}) as millionths

    from event_rule_hits

    inner join active_event_rules
        on event_rule_hits.rule = active_event_rules.rule

    group by
        event_rule_hits.contact_id,
        event_rule_hits.as_of,
        event_rule_hits.rule

),

first_time_points as (

    select
        event_rule_firsts.contact_id,
        event_rule_firsts.as_of,
        event_rule_firsts.rule,
        {{ decayed_millionths(
            'active_event_rules.first_time_millionths',
            days_between('event_rule_firsts.occurred_at', 'event_rule_firsts.as_of'),
            'active_event_rules.half_life_days'
        ) }} as millionths

    from event_rule_firsts

    inner join active_event_rules
        on event_rule_firsts.rule = active_event_rules.rule

),

points_by_rule as (

    select
        points_summed.contact_id,
        points_summed.as_of,
        points_summed.rule,
        active_event_rules.scorecard,
        active_event_rules.rule_group,
        {{ whole_number('points_summed.occurrences') }} as occurrences,
        points_summed.last_occurred_at,

        -- The cap works in both directions, so that no single rule decides a score.
        {{ points_capped(
            'points_summed.millionths + coalesce(first_time_points.millionths, 0)',
            'active_event_rules.max_points'
        ) }} as points

    from points_summed

    inner join active_event_rules
        on points_summed.rule = active_event_rules.rule

    left outer join first_time_points
        on
            points_summed.contact_id = first_time_points.contact_id
            and points_summed.as_of = first_time_points.as_of
            and points_summed.rule = first_time_points.rule

    where points_summed.occurrences >= active_event_rules.min_times

),

-- What has decayed to nothing is no reason, and who is not known yet has no score.
event_rule_points as (

    select points_by_rule.*

    from points_by_rule

    inner join contacts_at_dates
        on
            points_by_rule.contact_id = contacts_at_dates.contact_id
            and points_by_rule.as_of = contacts_at_dates.as_of

    where points_by_rule.points <> 0

)

select * from event_rule_points
