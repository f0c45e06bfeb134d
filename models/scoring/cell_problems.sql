{{ config(materialized='view') }}

with

cell_problems as (

    {{ cell_problems_of(ref('rule_cells'), ref('allowed_rule_values')) }}

)

select * from cell_problems
