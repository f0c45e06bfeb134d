{{ config(materialized='view') }}

with

rule_ladders as (

    select * from {{ ref('rule_ladders') }}

),

mistakes as (

    select
        scenario,
        seed_name,
        ladder,
        case
            when steps = 0 then 'has none'
            when lowest_steps = 0
                then 'has none for the lowest values: leave the lowest minimum empty'
            when lowest_steps > 1 then 'has several with an empty minimum'
            when distinct_values + lowest_steps < steps
                then 'has two with an equal minimum'
            when measures > 1 then 'mixes points and score'
            when steps_down > 0
                then 'has a lower qualification above a higher one: none, mql, sql'
        end as problem

    from rule_ladders

),

band_problems as (

    select
        seed_name,
        scenario || ' ' || ladder as row_name,
        case seed_name when 'bands' then 'min_value' else 'min_points' end
            as column_name,
        problem,
        'one row with an empty minimum, the others with rising numbers' as allowed

    from mistakes

    where problem is not null

)

select * from band_problems
