{{ config(materialized='view') }}

with

audience_cells as (

    select * from {{ ref('audience_cells') }}

),

names as (

    select * from {{ ref('audience_cell_names') }}

),

name_lists as (

    select
        kind,
        {{ distinct_list('allowed_value') }} as allowed_values

    from names

    group by kind

),

-- A kind of names that has none, such as models where the var is empty, allows nothing.
pieces_of_cells as (

    select
        audience_cells.*,
        case
            when audience_cells.kind like '% list' then pieces.piece
            else audience_cells.cell
        end as piece,
        {{ number_or_null('audience_cells.cell') }} as cell_number

    from audience_cells

    {{ split_to_rows('audience_cells.cell', '|') }}

),

pieces_judged as (

    select
        pieces_of_cells.*,
        name_lists.allowed_values,
        case
            when pieces_of_cells.kind = 'text' then true
            when pieces_of_cells.kind = 'number'
                then pieces_of_cells.cell_number is not null
            when pieces_of_cells.kind = 'number from 1'
                then pieces_of_cells.cell_number >= 1
            when pieces_of_cells.kind = 'number from 1 to 10'
                then pieces_of_cells.cell_number between 1 and 10
            when pieces_of_cells.kind = 'share from 0 and below 1'
                then
                    pieces_of_cells.cell_number >= 0
                    and pieces_of_cells.cell_number < 1
            when pieces_of_cells.kind = 'share above 0 and up to 1'
                then
                    pieces_of_cells.cell_number > 0
                    and pieces_of_cells.cell_number <= 1
            else names.allowed_value is not null
        end as is_allowed

    from pieces_of_cells

    left outer join names
        on
            pieces_of_cells.kind = names.kind
            and pieces_of_cells.piece = names.allowed_value

    left outer join name_lists
        on pieces_of_cells.kind = name_lists.kind

),

audience_cell_problems as (

    select distinct
        seed_name,
        coalesce(row_name, '(no name)') as row_name,
        column_name,
        '"' || piece || '" is not allowed' as problem,
        coalesce('one of ' || allowed_values, 'a ' || kind) as allowed

    from pieces_judged

    where not coalesce(is_allowed, false)

    union all

    select distinct
        seed_name,
        coalesce(row_name, '(no name)') as row_name,
        column_name,
        'is empty' as problem,
        'a ' || kind as allowed

    from audience_cells

    where
        is_required
        and cell is null

)

select * from audience_cell_problems
