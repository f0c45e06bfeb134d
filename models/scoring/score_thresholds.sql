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

    select rules_version

    from {{ ref('rules_version') }}

),

score_thresholds as (

    select
        score_ranks.scenario,
        score_ranks.measure,
        score_ranks.percentile as score,
        rules_version.rules_version,
        cast(min(score_ranks.points) as numeric(18, 2)) as min_points

    from score_ranks

    cross join rules_version

    group by
        score_ranks.scenario,
        score_ranks.measure,
        score_ranks.percentile,
        rules_version.rules_version

)

select * from score_thresholds
