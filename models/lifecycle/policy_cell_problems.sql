{{ config(materialized='view') }}

with

policy_cell_problems as (

    {{ cell_problems_of(ref('policy_cells'), ref('policy_values')) }}

)

select * from policy_cell_problems
