{{ config(materialized='view') }}

with

row_names as (

    -- One name for a rule, whichever seed it is in: it is the key of score_points.
    select
        seed_name,
        row_name,
        column_name,
        case when column_name = 'rule' then 'rules' else seed_name end as shared_by

    from {{ ref('rule_cells') }}

    where
        column_name in ('rule', 'band', 'grade')
        or (seed_name = 'scorecards' and column_name = 'scorecard')
        or (seed_name = 'computed_fields' and column_name = 'field')
        or (seed_name = 'rule_groups' and column_name = 'rule_group')
        or (seed_name = 'scenarios' and column_name = 'scenario')

),

key_problems as (

    select
        min(seed_name) as seed_name,
        row_name,
        column_name,
        'has ' || cast(count(*) as {{ dbt.type_string() }}) || ' rows' as problem,
        'a name of its own for every row' as allowed

    from row_names

    where row_name is not null

    group by
        shared_by,
        row_name,
        column_name

    having count(*) > 1

)

select * from key_problems
