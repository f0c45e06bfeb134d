{{ config(materialized='view') }}

with

policy_cells as (

    {{ cells_of(policy_cell_kinds(), policy_row_names()) }}

)

select * from policy_cells
