{{ config(materialized='view') }}

with

ladders_of_a_scenario (seed_name, ladder) as (

    values
    ('bands', 'bands'),
    ('grades', 'fit grades'),
    ('grades', 'engagement grades')

),

scenarios as (

    select * from {{ ref('scenarios') }}

),

ladders_expected as (

    select
        scenarios.scenario,
        ladders_of_a_scenario.seed_name,
        ladders_of_a_scenario.ladder

    from scenarios

    cross join ladders_of_a_scenario

    where scenarios.is_active = 'true'

),

steps as (

    select
        scenario,
        'bands' as ladder,
        measure,
        {{ number_or_null('min_value') }} as min_value,
        min_value is null as is_lowest,
        case qualification when 'none' then 0 when 'mql' then 1 else 2 end as worth

    from {{ ref('bands') }}

    union all

    select
        scenario,
        dimension || ' grades' as ladder,
        'points' as measure,
        {{ number_or_null('min_points') }} as min_value,
        min_points is null as is_lowest,
        0 as worth

    from {{ ref('grades') }}

),

steps_numbered as (

    select
        steps.*,
        lag(steps.worth) over (
            partition by steps.scenario, steps.ladder
            order by steps.is_lowest desc, steps.min_value asc, steps.worth asc
        ) as worth_below

    from steps

),

rule_ladders as (

    select
        ladders_expected.scenario,
        ladders_expected.seed_name,
        ladders_expected.ladder,
        count(steps_numbered.ladder) as steps,
        count(distinct steps_numbered.min_value) as distinct_values,
        {{ count_when('steps_numbered.is_lowest') }} as lowest_steps,
        count(distinct steps_numbered.measure) as measures,
        {{ count_when('steps_numbered.worth < steps_numbered.worth_below') }}
            as steps_down

    from ladders_expected

    left outer join steps_numbered
        on
            ladders_expected.scenario = steps_numbered.scenario
            and ladders_expected.ladder = steps_numbered.ladder

    group by
        ladders_expected.scenario,
        ladders_expected.seed_name,
        ladders_expected.ladder

)

select * from rule_ladders
