{{ config(post_hook="{{ refuse_rule_problems(this) }}") }}

with

rule_problems as (

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('cell_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('comparison_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('key_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('band_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('group_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('computed_field_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('effect_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('repeat_problems') }}

    union all

    select
        seed_name,
        row_name,
        column_name,
        problem,
        allowed

    from {{ ref('label_problems') }}

)

select * from rule_problems
