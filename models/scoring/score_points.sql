with

active_scorecards as (

    select
        scorecard,
        min_points,
        max_points

    from {{ ref('active_scorecards') }}

),

points_by_rule as (

    select
        contact_id,
        as_of,
        rule,
        scorecard,
        occurrences,
        last_occurred_at,
        points

    from {{ ref('event_rule_points') }}

    union all

    select
        contact_id,
        as_of,
        rule,
        scorecard,
        occurrences,
        last_occurred_at,
        points

    from {{ ref('field_rule_points') }}

    union all

    -- What the bounds of a group of rules take away, before those of the scorecard do.
    select
        contact_id,
        as_of,
        rule,
        scorecard,
        1 as occurrences,
        cast(null as {{ dbt.type_timestamp() }}) as last_occurred_at,
        points

    from {{ ref('rule_group_caps') }}

),

points_by_scorecard as (

    select
        contact_id,
        as_of,
        scorecard,
        sum(points) as points

    from points_by_rule

    group by
        contact_id,
        as_of,
        scorecard

),

-- What a scorecard's bounds take away or add is a row too: the sum is always the score.
points_beyond_bounds as (

    select
        points_by_scorecard.contact_id,
        points_by_scorecard.as_of,
        'cap:' || points_by_scorecard.scorecard as rule,
        points_by_scorecard.scorecard,
        1 as occurrences,
        cast(null as {{ dbt.type_timestamp() }}) as last_occurred_at,
        {{ points_beyond(
            'points_by_scorecard.points',
            'active_scorecards.min_points',
            'active_scorecards.max_points'
        ) }} as points

    from points_by_scorecard

    inner join active_scorecards
        on points_by_scorecard.scorecard = active_scorecards.scorecard

    where
        points_by_scorecard.points > active_scorecards.max_points
        or points_by_scorecard.points < active_scorecards.min_points

),

score_points as (

    select * from points_by_rule

    union all

    select * from points_beyond_bounds

)

select * from score_points
