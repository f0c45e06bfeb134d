with

score_ranks as (

    select
        as_of,
        scenario,
        measure,
        points,
        contacts,
        decile

    from {{ ref('score_ranks') }}

),

score_scale_current as (

    select
        scenario,
        measure,
        score,
        from_points,
        below_points

    from {{ ref('score_scale_current') }}

),

score_steps as (

    select * from {{ ref('score_steps') }}

),

scenarios as (

    select
        scenario,
        coalesce(scale, 'percentile') as scale

    from {{ ref('scenarios') }}

),

-- Looked up once for each number of points that occurs, not once for each contact.
ranks_scored as (

    select
        score_ranks.*,
        case
            when scenarios.scale = 'points' then {{ whole_number(
                'greatest(least(round(score_ranks.points, 0), 100), 1)'
            ) }}
            else coalesce(score_scale_current.score, 1)
        end as score

    from score_ranks

    inner join scenarios
        on score_ranks.scenario = scenarios.scenario

    left outer join score_scale_current
        on
            score_ranks.scenario = score_scale_current.scenario
            and score_ranks.measure = score_scale_current.measure
            and score_ranks.points >= score_scale_current.from_points
            and score_ranks.points < score_scale_current.below_points

),

score_levels as (

    select
        ranks_scored.*,
        score_steps.step,
        score_steps.qualification

    from ranks_scored

    inner join score_steps
        on
            ranks_scored.scenario = score_steps.scenario
            and ranks_scored.measure = score_steps.measure
            and case score_steps.compared
                when 'score' then ranks_scored.score else ranks_scored.points
            end >= score_steps.from_value
            and case score_steps.compared
                when 'score' then ranks_scored.score else ranks_scored.points
            end < score_steps.below_value

)

select * from score_levels
