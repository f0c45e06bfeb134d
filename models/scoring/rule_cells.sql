{{ config(materialized='view') }}

with

rule_cells as (

    {{ cells_of(rule_cell_kinds(), rule_row_names()) }}

)

select * from rule_cells
