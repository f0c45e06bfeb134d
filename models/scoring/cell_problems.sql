{{ config(materialized='view') }}

with

rule_cells as (

    select
        seed_name,
        row_name,
        column_name,
        kind,
        is_required,
        cell,
        {{ number_or_null('cell') }} as cell_number

    from {{ ref('rule_cells') }}

),

allowed_rule_values as (

    select
        kind,
        allowed_value

    from {{ ref('allowed_rule_values') }}

),

allowed_lists as (

    select
        kind,
        {{ distinct_list('allowed_value') }} as allowed_values

    from allowed_rule_values

    group by kind

),

cells_checked as (

    select
        rule_cells.*,
        coalesce('one of ' || allowed_lists.allowed_values, 'a ' || rule_cells.kind)
            as allowed,
        case
            when rule_cells.kind = 'text' then true
            when rule_cells.kind = 'field name'
                then {{ matches_regex('rule_cells.cell', field_name_pattern()) }}
            when allowed_lists.kind is not null
                then allowed_rule_values.allowed_value is not null
            when rule_cells.kind = 'number' then rule_cells.cell_number is not null
            when rule_cells.kind = 'number from 0' then rule_cells.cell_number >= 0
            when rule_cells.kind = 'number up to 0' then rule_cells.cell_number <= 0
            when rule_cells.kind = 'number above 0' then rule_cells.cell_number > 0
            when rule_cells.kind = 'whole number from 1'
                then
                    rule_cells.cell_number >= 1
                    and rule_cells.cell_number = floor(rule_cells.cell_number)
        end as is_allowed

    from rule_cells

    left outer join allowed_lists
        on rule_cells.kind = allowed_lists.kind

    left outer join allowed_rule_values
        on
            rule_cells.kind = allowed_rule_values.kind
            and rule_cells.cell = allowed_rule_values.allowed_value

),

cell_problems as (

    select distinct
        seed_name,
        coalesce(row_name, '(no name)') as row_name,
        column_name,
        coalesce('"' || cell || '" is not allowed', 'is empty') as problem,
        allowed

    from cells_checked

    where
        (cell is null and is_required)
        or (cell is not null and not coalesce(is_allowed, false))

)

select * from cell_problems
