-- depends_on: {{ ref('rule_problems') }}
with

rule_groups as (

    select
        rule_group,
        scorecard,
        {{ number_or_null('min_points') }} as min_points,
        {{ number_or_null('max_points') }} as max_points

    from {{ ref('rule_groups') }}

),

active_scorecards as (

    select scorecard

    from {{ ref('active_scorecards') }}

),

active_rule_groups as (

    select
        rule_groups.rule_group,
        rule_groups.scorecard,
        cast(coalesce(rule_groups.min_points, -999999999) as numeric(18, 2))
            as min_points,
        cast(coalesce(rule_groups.max_points, 999999999) as numeric(18, 2))
            as max_points

    from rule_groups

    inner join active_scorecards
        on rule_groups.scorecard = active_scorecards.scorecard

)

select * from active_rule_groups
