with

scenario_points as (

    select
        contact_id,
        as_of,
        scenario,
        fit_points,
        engagement_points,
        points,
        disqualified_reason

    from {{ ref('scenario_points') }}

),

score_levels as (

    select
        as_of,
        scenario,
        measure,
        points,
        decile,
        score,
        step,
        qualification

    from {{ ref('score_levels') }}

),

rules_version as (

    select
        scenario,
        rules_version

    from {{ ref('rules_version') }}

),

contact_scores as (

    select
        scenario_points.contact_id,
        scenario_points.as_of,
        scenario_points.scenario,
        scenario_points.fit_points,
        scenario_points.engagement_points,
        scenario_points.points,
        fit_levels.score as fit_score,
        engagement_levels.score as engagement_score,
        total_levels.score as lead_score,
        fit_levels.decile as fit_decile,
        engagement_levels.decile as engagement_decile,
        total_levels.decile,
        coalesce(total_levels.step, 'irrelevant') as band,
        fit_levels.step || engagement_levels.step as grade,
        coalesce(total_levels.qualification, 'none') as qualification,
        scenario_points.disqualified_reason is not null as is_disqualified,
        scenario_points.disqualified_reason,
        rules_version.rules_version

    from scenario_points

    inner join rules_version
        on scenario_points.scenario = rules_version.scenario

    left outer join score_levels as fit_levels
        on
            scenario_points.disqualified_reason is null
            and scenario_points.as_of = fit_levels.as_of
            and scenario_points.scenario = fit_levels.scenario
            and scenario_points.fit_points = fit_levels.points
            and fit_levels.measure = 'fit'

    left outer join score_levels as engagement_levels
        on
            scenario_points.disqualified_reason is null
            and scenario_points.as_of = engagement_levels.as_of
            and scenario_points.scenario = engagement_levels.scenario
            and scenario_points.engagement_points = engagement_levels.points
            and engagement_levels.measure = 'engagement'

    left outer join score_levels as total_levels
        on
            scenario_points.disqualified_reason is null
            and scenario_points.as_of = total_levels.as_of
            and scenario_points.scenario = total_levels.scenario
            and scenario_points.points = total_levels.points
            and total_levels.measure = 'total'

)

select * from contact_scores
