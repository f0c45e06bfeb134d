{{ config(post_hook="{{ refuse_rule_problems(this, 'seeds/policy') }}") }}

with

policy_problems as (

    select * from {{ ref('policy_cell_problems') }}

    union all

    select * from {{ ref('policy_comparison_problems') }}

    union all

    select * from {{ ref('lifecycle_row_problems') }}

    union all

    select * from {{ ref('action_row_problems') }}

)

select * from policy_problems
