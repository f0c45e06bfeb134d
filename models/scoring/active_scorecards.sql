-- depends_on: {{ ref('rule_problems') }}
with

scorecards as (

    select
        scorecard,
        scenario,
        dimension,
        label,
        {{ number_or_null('min_points') }} as min_points,
        {{ number_or_null('max_points') }} as max_points

    from {{ ref('scorecards') }}

),

scenarios as (

    select
        scenario,
        {{ number_or_null('fit_weight') }} as fit_weight,
        {{ number_or_null('engagement_weight') }} as engagement_weight

    from {{ ref('scenarios') }}

    where is_active = 'true'

),

active_scorecards as (

    select
        scorecards.scorecard,
        scorecards.scenario,
        scorecards.dimension,
        scorecards.label,
        cast(coalesce(scorecards.min_points, -999999999) as numeric(18, 2))
            as min_points,
        cast(coalesce(scorecards.max_points, 999999999) as numeric(18, 2))
            as max_points,
        case
            when scorecards.dimension = 'fit' then scenarios.fit_weight
            else scenarios.engagement_weight
        end as weight

    from scorecards

    inner join scenarios
        on scorecards.scenario = scenarios.scenario

)

select * from active_scorecards
