-- A contact's score_points add up, weighted, to its score: everyone's, at every date.

with

active_scorecards as (

    select
        scorecard,
        scenario,
        weight

    from {{ ref('active_scorecards') }}

),

score_points as (

    select
        contact_id,
        as_of,
        scorecard,
        points

    from {{ ref('score_points') }}

),

contact_scores as (

    select
        contact_id,
        as_of,
        scenario,
        points

    from {{ ref('contact_scores') }}

),

points_added_up as (

    select
        score_points.contact_id,
        score_points.as_of,
        active_scorecards.scenario,
        round(sum(score_points.points * active_scorecards.weight), 2) as points

    from score_points

    inner join active_scorecards
        on score_points.scorecard = active_scorecards.scorecard

    group by
        score_points.contact_id,
        score_points.as_of,
        active_scorecards.scenario

),

differences as (

    select
        contact_scores.contact_id,
        contact_scores.as_of,
        contact_scores.scenario,
        contact_scores.points,
        points_added_up.points as points_of_rules

    from contact_scores

    full outer join points_added_up
        on
            contact_scores.contact_id = points_added_up.contact_id
            and contact_scores.as_of = points_added_up.as_of
            and contact_scores.scenario = points_added_up.scenario

    where coalesce(contact_scores.points, 0) <> coalesce(points_added_up.points, 0)

)

select * from differences
