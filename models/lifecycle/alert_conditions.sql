{{ config(materialized='view') }}

-- depends_on: {{ ref('policy_problems') }}
with

alert_rules as (

    select * from {{ ref('alert_rules') }}

    where is_active = 'true'

),

alert_conditions as (

    select
        alert,
        label,
        opening,
        {{ number_or_null('cooldown_days') }} as cooldown_days,
        {{ condition_columns() }},
        row_number() over (
            partition by alert
            order by field, operator, value, label
        ) as condition_number,
        count(*) over (partition by alert) as conditions

    from alert_rules

)

select * from alert_conditions
