{%- set seeds = [
    'event_rules', 'field_rules', 'computed_fields', 'rule_groups', 'scorecards',
    'scenarios',
] -%}

with

rule_cells as (

    select
        seed_name,
        row_name,
        column_name,
        cell

    from {{ ref('rule_cells') }}

    -- A new label or band changes no points, so it makes no new version.
    where
        seed_name in ('{{ seeds | join("', '") }}')
        and column_name <> 'label'

),

rules_version as (

    select
        {{ dbt.hash(dbt.listagg(
            "seed_name || '/' || row_name || '/' || column_name || '=' "
            ~ "|| coalesce(cell, '')",
            "';'",
            'order by seed_name, row_name, column_name'
        )) }} as rules_version

    from rule_cells

)

select * from rules_version
