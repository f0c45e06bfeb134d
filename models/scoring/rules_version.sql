{%- set seeds = [
    'event_rules', 'field_rules', 'computed_fields', 'rule_groups', 'scorecards',
    'scenarios',
] -%}

with

-- A new label or band changes no points, so it makes no new version; nor does a new
-- column, for as long as its cells are empty.
rule_cells as (

    select
        seed_name,
        row_name,
        column_name,
        cell

    from {{ ref('rule_cells') }}

    where
        seed_name in ('{{ seeds | join("', '") }}')
        and column_name <> 'label'
        and cell is not null

),

scorecards as (

    select
        scorecard,
        scenario

    from {{ ref('scorecards') }}

),

rows_of_scenarios as (

    select distinct
        rule_cells.seed_name,
        rule_cells.row_name,
        coalesce(scorecards.scenario, rule_cells.cell) as scenario

    from rule_cells

    left outer join scorecards
        on
            rule_cells.cell = scorecards.scorecard
            and rule_cells.column_name = 'scorecard'

    where rule_cells.column_name in ('scenario', 'scorecard')

),

-- A computed field counts where a rule names it.
rows_that_count as (

    select * from rows_of_scenarios

    union all

    select distinct
        'computed_fields' as seed_name,
        rule_cells.cell as row_name,
        rows_of_scenarios.scenario

    from rule_cells

    inner join rows_of_scenarios
        on
            rule_cells.seed_name = rows_of_scenarios.seed_name
            and rule_cells.row_name = rows_of_scenarios.row_name

    where rule_cells.column_name = 'field'

),

rules_version as (

    select
        rows_that_count.scenario,
        {{ dbt.hash(dbt.listagg(
            "rule_cells.seed_name || '/' || rule_cells.row_name || '/' "
            ~ "|| rule_cells.column_name || '=' || rule_cells.cell",
            "';'",
            'order by rule_cells.seed_name, rule_cells.row_name, rule_cells.column_name'
        )) }} as rules_version

    from rule_cells

    inner join rows_that_count
        on
            rule_cells.seed_name = rows_that_count.seed_name
            and rule_cells.row_name = rows_that_count.row_name

    group by rows_that_count.scenario

)

select * from rules_version
