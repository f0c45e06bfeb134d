{{ config(materialized='view') }}

with

alert_conditions as (

    select * from {{ ref('alert_conditions') }}

),

rules_versions as (

    select
        scenario,
        rules_version

    from {{ ref('rules_version') }}

),

-- With other conditions, or with other points, it is another alert that begins today.
conditions_with_version as (

    select
        alert_conditions.*,
        alert_conditions.scenario
        || '/' || coalesce(rules_versions.rules_version, '')
        || '/' || coalesce(alert_conditions.field, '')
        || '/' || coalesce(alert_conditions.operator, '')
        || '/' || coalesce(alert_conditions.compared_text, '') as condition_text

    from alert_conditions

    left join rules_versions
        on alert_conditions.scenario = rules_versions.scenario

),

alert_definitions as (

    select
        alert,
        max(label) as label,
        max(opening) as opening,
        min(scenario) as scenario,

        -- A day at least: an alert is known by its day.
        greatest(coalesce(max(cooldown_days), 1), 1) as cooldown_days,
        {{ dbt.hash(dbt.listagg(
            'condition_text', "';'", 'order by condition_text'
        )) }} as conditions_digest

    from conditions_with_version

    group by alert

)

select * from alert_definitions
