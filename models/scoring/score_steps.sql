-- depends_on: {{ ref('rule_problems') }}
with

bands as (

    select
        scenario,
        'total' as measure,
        measure as compared,
        band as step,
        qualification,
        {{ number_or_null('min_value') }} as min_value

    from {{ ref('bands') }}

),

grades as (

    select
        scenario,
        dimension as measure,
        'points' as compared,
        grade as step,
        cast(null as {{ dbt.type_string() }}) as qualification,
        {{ number_or_null('min_points') }} as min_value

    from {{ ref('grades') }}

),

steps as (

    select * from bands

    union all

    select * from grades

),

steps_from as (

    select
        scenario,
        measure,
        compared,
        step,
        qualification,

        -- The step with an empty minimum covers whatever lies below the others.
        coalesce(min_value, -999999999999) as from_value

    from steps

),

score_steps as (

    select
        scenario,
        measure,
        compared,
        step,
        qualification,
        from_value,
        coalesce(
            lead(from_value) over (
                partition by scenario, measure
                order by from_value asc
            ),
            999999999999
        ) as below_value

    from steps_from

)

select * from score_steps
