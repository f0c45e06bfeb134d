{{ config(materialized='view') }}

-- depends_on: {{ ref('policy_problems') }}
with

lifecycle_rules as (

    select * from {{ ref('lifecycle_rules') }}

    where is_active = 'true'

),

stages as (

    select
        stage,
        {{ number_or_null('place') }} as place

    from {{ ref('stages') }}

),

lifecycle_conditions as (

    select
        lifecycle_rules.stage,
        stages.place,
        lifecycle_rules.rule,
        lifecycle_rules.label,
        {{ condition_columns() }},
        row_number() over (
            partition by lifecycle_rules.stage, lifecycle_rules.rule
            order by
                lifecycle_rules.field,
                lifecycle_rules.operator,
                lifecycle_rules.value,
                lifecycle_rules.label
        ) as condition_number,
        count(*) over (
            partition by lifecycle_rules.stage, lifecycle_rules.rule
        ) as conditions

    from lifecycle_rules

    inner join stages
        on lifecycle_rules.stage = stages.stage

)

select * from lifecycle_conditions
