{{ config(materialized='view') }}

{%- set numbers = event_properties()['number'] + score_fields()
    | selectattr('kind', 'equalto', 'number') | map(attribute='name') | list -%}

-- depends_on: {{ ref('contact_fields') }}
with

comparisons as (

    select
        'event_rules' as seed_name,
        rule,
        property as compared,
        operator,
        value

    from {{ ref('event_rules') }}

    union all

    select
        'field_rules' as seed_name,
        rule,
        field as compared,
        operator,
        value

    from {{ ref('field_rules') }}

    union all

    select
        'computed_fields' as seed_name,
        -- A reserved word to some, and what the column is called in the seeds.
        field as rule,  -- noqa: RF04
        property as compared,
        operator,
        value

    from {{ ref('computed_fields') }}

),

comparisons_typed as (

    select
        comparisons.*,
        comparisons.compared in ('{{ numbers | join("', '") }}') as is_number,
        {{ number_or_null(dbt.split_part('comparisons.value', "'|'", 1)) }}
            as lowest_number,
        {{ number_or_null(dbt.split_part('comparisons.value', "'|'", 2)) }}
            as highest_number,
        {{ number_or_null('comparisons.value') }} as only_number

    from comparisons

),

mistakes as (

    select
        seed_name,
        rule,
        case
            when (compared is null) <> (operator is null)
                then 'has a column to compare or an operator, and lacks the other'
            when operator in ('is_true', 'is_null') and value is not null
                then 'compares with a value, but ' || operator || ' takes none'
            when operator not in ('is_true', 'is_null') and value is null
                then operator || ' has no value to compare with'
            when
                operator = 'between'
                and not coalesce(lowest_number <= highest_number, false)
                then 'between needs two numbers, the lower one first'
            when operator in ('>', '>=', '<', '<=') and only_number is null
                then operator || ' needs a number'
            when operator in ('>', '>=', '<', '<=', 'between') and not is_number
                then operator || ' needs a column of numbers'
            when
                operator in ('in', 'not_in', 'contains', 'starts_with', 'is_true')
                and is_number
                then operator || ' needs a column of texts'
            when operator in ('=', '!=') and is_number and only_number is null
                then operator || ' needs a number'
        end as problem

    from comparisons_typed

),

comparison_problems as (

    select distinct
        seed_name,
        coalesce(rule, '(no name)') as row_name,
        'value' as column_name,
        problem,
        'a number, a text, low|high for between, or a|b|c for in and not_in' as allowed

    from mistakes

    where problem is not null

)

select * from comparison_problems
