{{ config(materialized='view') }}

with

stages as (

    select * from {{ ref('stages') }}

),

lifecycle_rules as (

    select * from {{ ref('lifecycle_rules') }}

),

interest_rules as (

    select * from {{ ref('interest_rules') }}

),

names as (

    select
        'stages' as seed_name,
        'stage' as column_name,
        stage as row_name

    from stages

    union all

    select
        'interest_rules' as seed_name,
        'rule' as column_name,
        rule as row_name

    from interest_rules

),

lifecycle_row_problems as (

    select
        seed_name,
        row_name,
        column_name,
        'has ' || cast(count(*) as {{ dbt.type_string() }}) || ' rows' as problem,
        'a name of its own for every row' as allowed

    from names

    where row_name is not null

    group by
        seed_name,
        row_name,
        column_name

    having count(*) > 1

    union all

    select distinct
        'stages' as seed_name,
        stage as row_name,
        'stage' as column_name,
        'is what a contact is that is no longer there' as problem,
        'another name' as allowed

    from stages

    where stage = 'gone'

    union all

    select
        'lifecycle_rules' as seed_name,
        stage || ' ' || rule as row_name,
        'label' as column_name,
        'is empty in every row of the rule' as problem,
        'a text in one of them, which is the reason' as allowed

    from lifecycle_rules

    where
        stage is not null
        and rule is not null

    group by
        stage,
        rule

    having max(label) is null

    union all

    select distinct
        'interest_rules' as seed_name,
        coalesce(rule, '(no name)') as row_name,
        'interest' as column_name,
        'is empty, and so is a property of texts to take it from' as problem,
        'a text, or one of {{ event_properties()["text"] | join(", ") }} as property'
            as allowed

    from interest_rules

    where
        interest is null
        and coalesce(property, '')
        not in ('{{ event_properties()["text"] | join("', '") }}')

)

select * from lifecycle_row_problems
