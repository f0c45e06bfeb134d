{{ config(materialized='view') }}

with

scenario_points as (

    select
        as_of,
        scenario,
        fit_points,
        engagement_points,
        points

    from {{ ref('scenario_points') }}

    -- A disqualified contact has no rank, and takes nobody's place.
    where disqualified_reason is null

),

contacts_by_points as (

    select
        as_of,
        scenario,
        'fit' as measure,
        fit_points as points,
        count(*) as contacts

    from scenario_points

    group by
        as_of,
        scenario,
        fit_points

    union all

    select
        as_of,
        scenario,
        'engagement' as measure,
        engagement_points as points,
        count(*) as contacts

    from scenario_points

    group by
        as_of,
        scenario,
        engagement_points

    union all

    select
        as_of,
        scenario,
        'total' as measure,
        points,
        count(*) as contacts

    from scenario_points

    group by
        as_of,
        scenario,
        points

)

select * from contacts_by_points
