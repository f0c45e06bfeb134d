{{ config(materialized='view') }}

with

active_scorecards as (

    select
        scorecard,
        scenario,
        dimension,
        weight

    from {{ ref('active_scorecards') }}

),

disqualifiers as (

    select
        rule,
        label

    from {{ ref('active_field_rules') }}

    where is_disqualifier

),

score_points as (

    select
        contact_id,
        as_of,
        rule,
        scorecard,
        points

    from {{ ref('score_points') }}

),

scenario_sums as (

    select
        score_points.contact_id,
        score_points.as_of,
        active_scorecards.scenario,
        min(disqualifiers.label) as disqualified_reason,
        cast(
            sum(
                case
                    when active_scorecards.dimension = 'fit'
                        then score_points.points
                end
            ) as numeric(18, 2)
        ) as fit_points,
        cast(
            sum(
                case
                    when active_scorecards.dimension <> 'fit'
                        then score_points.points
                end
            ) as numeric(18, 2)
        ) as engagement_points,
        cast(
            round(sum(score_points.points * active_scorecards.weight), 2)
            as numeric(18, 2)
        ) as points

    from score_points

    inner join active_scorecards
        on score_points.scorecard = active_scorecards.scorecard

    left outer join disqualifiers
        on score_points.rule = disqualifiers.rule

    group by
        score_points.contact_id,
        score_points.as_of,
        active_scorecards.scenario

)

select * from scenario_sums
