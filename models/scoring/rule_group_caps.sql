{{ config(materialized='view') }}

with

active_rule_groups as (

    select
        rule_group,
        scorecard,
        min_points,
        max_points

    from {{ ref('active_rule_groups') }}

),

points_of_rules_in_groups as (

    select
        contact_id,
        as_of,
        scorecard,
        rule_group,
        points

    from {{ ref('event_rule_points') }}

    where rule_group is not null

    union all

    select
        contact_id,
        as_of,
        scorecard,
        rule_group,
        points

    from {{ ref('field_rule_points') }}

    where rule_group is not null

),

points_by_group as (

    select
        contact_id,
        as_of,
        scorecard,
        rule_group,
        sum(points) as points

    from points_of_rules_in_groups

    group by
        contact_id,
        as_of,
        scorecard,
        rule_group

),

rule_group_caps as (

    select
        points_by_group.contact_id,
        points_by_group.as_of,
        -- A reserved word to some, and what score_points calls the column.
        'cap:' || points_by_group.scorecard || '/' || points_by_group.rule_group
            as rule,
        points_by_group.scorecard,
        {{ points_beyond(
            'points_by_group.points',
            'active_rule_groups.min_points',
            'active_rule_groups.max_points'
        ) }} as points

    from points_by_group

    inner join active_rule_groups
        on
            points_by_group.scorecard = active_rule_groups.scorecard
            and points_by_group.rule_group = active_rule_groups.rule_group

    where
        points_by_group.points > active_rule_groups.max_points
        or points_by_group.points < active_rule_groups.min_points

)

select * from rule_group_caps
