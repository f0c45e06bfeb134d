with

scenarios as (

    select scenario

    from {{ ref('scenarios') }}

    where is_active = 'true'

),

scores as (

    select
        scenario,
        lead_score

    from {{ ref('lead_scores') }}

),

scores_by_scenario as (

    select
        scenario,
        count(lead_score) as contacts_with_score,
        min(lead_score) as lowest_score,
        max(lead_score) as highest_score

    from scores

    group by scenario

),

scenarios_without_spread as (

    select
        scenarios.scenario,
        coalesce(scores_by_scenario.contacts_with_score, 0) as contacts_with_score,
        scores_by_scenario.lowest_score,
        scores_by_scenario.highest_score

    from scenarios

    left join scores_by_scenario
        on scenarios.scenario = scores_by_scenario.scenario

    -- A handful of contacts may well be alike.
    where
        coalesce(scores_by_scenario.contacts_with_score, 0) = 0
        or (
            scores_by_scenario.contacts_with_score >= 20
            and scores_by_scenario.lowest_score = scores_by_scenario.highest_score
        )

)

select * from scenarios_without_spread
