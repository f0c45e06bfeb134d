{{ config(materialized='view') }}

with

score_scale as (

    select
        scenario,
        measure,
        base_number,
        score,
        min_points

    from {{ ref('score_scale') }}

),

thresholds_latest_base_first as (

    select
        score_scale.*,
        max(score_scale.base_number) over (
            partition by score_scale.scenario, score_scale.measure
        ) as latest_base_number

    from score_scale

),

score_scale_current as (

    select
        scenario,
        measure,
        score,
        min_points as from_points,
        cast(
            coalesce(
                lead(min_points) over (
                    partition by scenario, measure order by min_points asc
                ),
                999999999999
            ) as numeric(18, 2)
        ) as below_points

    from thresholds_latest_base_first

    where base_number = latest_base_number

)

select * from score_scale_current
