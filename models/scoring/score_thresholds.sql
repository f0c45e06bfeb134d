{{ config(materialized='view') }}

with

score_ranks as (

    select
        scenario,
        measure,
        percentile,
        points

    from {{ ref('score_ranks') }}

    where
        as_of = {{ as_of() }}
        and points > 0

),

rules_version as (

    select
        scenario,
        rules_version

    from {{ ref('rules_version') }}

),

-- A scenario whose score is its points needs no thresholds.
scenarios as (

    select scenario

    from {{ ref('scenarios') }}

    where coalesce(scale, 'percentile') = 'percentile'

),

score_thresholds as (

    select
        score_ranks.scenario,
        score_ranks.measure,
        score_ranks.percentile as score,
        rules_version.rules_version,
        cast(min(score_ranks.points) as numeric(18, 2)) as min_points

    from score_ranks

    inner join scenarios
        on score_ranks.scenario = scenarios.scenario

    inner join rules_version
        on score_ranks.scenario = rules_version.scenario

    group by
        score_ranks.scenario,
        score_ranks.measure,
        score_ranks.percentile,
        rules_version.rules_version

)

select * from score_thresholds
