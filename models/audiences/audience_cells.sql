{{ config(materialized='view') }}

with

audience_cells as (

    {{ cells_of(
        audience_cell_kinds(),
        {'audiences': 'audience', 'audience_splits': "audience || ' ' || arm"}
    ) }}

)

select * from audience_cells
