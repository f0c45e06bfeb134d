{{ config(materialized='view') }}

{%- set numbers = event_properties()['number'] + condition_fields(score_fields())
    | selectattr('kind', 'equalto', 'number') | map(attribute='name') | list -%}

-- depends_on: {{ ref('contact_fields') }}
with

comparisons as (

    select
        'lifecycle_rules' as seed_name,
        {{ policy_row_names()['lifecycle_rules'] }} as row_name,
        field as compared,
        operator,
        value

    from {{ ref('lifecycle_rules') }}

    union all

    select
        'alert_rules' as seed_name,
        {{ policy_row_names()['alert_rules'] }} as row_name,
        field as compared,
        operator,
        value

    from {{ ref('alert_rules') }}

    union all

    -- Without an operator any value of the property counts.
    select
        'interest_rules' as seed_name,
        {{ policy_row_names()['interest_rules'] }} as row_name,
        case
            when operator is not null or value is not null then property
        end as compared,
        operator,
        value

    from {{ ref('interest_rules') }}

),

policy_comparison_problems as (

    {{ comparison_problems_of('comparisons', numbers) }}

)

select * from policy_comparison_problems
