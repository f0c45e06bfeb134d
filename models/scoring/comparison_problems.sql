{{ config(materialized='view') }}

{%- set numbers = event_properties()['number'] + score_fields()
    | selectattr('kind', 'equalto', 'number') | map(attribute='name') | list -%}

-- depends_on: {{ ref('contact_fields') }}
with

comparisons as (

    select
        'event_rules' as seed_name,
        rule as row_name,
        property as compared,
        operator,
        value

    from {{ ref('event_rules') }}

    union all

    select
        'field_rules' as seed_name,
        rule as row_name,
        field as compared,
        operator,
        value

    from {{ ref('field_rules') }}

    union all

    select
        'computed_fields' as seed_name,
        field as row_name,
        property as compared,
        operator,
        value

    from {{ ref('computed_fields') }}

),

comparison_problems as (

    {{ comparison_problems_of('comparisons', numbers) }}

)

select * from comparison_problems
