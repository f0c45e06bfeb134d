{{ config(materialized='view') }}

with

labels as (

    select
        seed_name,
        row_name,
        cell

    from {{ ref('rule_cells') }}

    where
        column_name = 'label'
        and cell is not null

),

-- A label is the start of a reason, and reasons are written into fields of a CRM: there
-- it must not be a formula, markup, or two reasons.
label_problems as (

    select distinct
        seed_name,
        coalesce(row_name, '(no name)') as row_name,
        'label' as column_name,
        'is no plain text' as problem,
        'at most 100 characters on one line, without ; < >, not starting with = + - @'
            as allowed

    from labels

    where
        not {{ matches_regex('cell', '^[^-=+@;<>][^;<>]*$') }}
        or length(cell) > 100
        or cell <> replace(replace(replace(cell, chr(9), ''), chr(10), ''), chr(13), '')

)

select * from label_problems
