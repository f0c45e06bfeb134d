{{ config(materialized='view') }}

{%- set numbers = event_properties()['number'] -%}

with

computed_fields as (

    select
        field,
        function,
        measured

    from {{ ref('computed_fields') }}

),

mistakes as (

    select
        field,
        'field' as column_name,
        'is a column already' as problem,
        'a name of its own' as allowed

    from computed_fields

    where field in ('{{ sql_fields() | join("', '") }}')

    union all

    select
        field,
        'measured' as column_name,
        function || case
            when function = 'sum' then ' needs a number to add up'
            when function = 'last_value' then ' needs a property to tell'
            else ' takes no property'
        end as problem,
        case
            when function in ('sum', 'last_value')
                then 'one of {{ numbers | join(", ") }}; last_value takes texts too'
            else 'an empty cell'
        end as allowed

    from computed_fields

    where
        case
            when function = 'sum'
                then coalesce(measured, '') not in ('{{ numbers | join("', '") }}')
            when function = 'last_value' then measured is null
            else measured is not null
        end

),

computed_field_problems as (

    select distinct
        'computed_fields' as seed_name,
        coalesce(field, '(no name)') as row_name,
        column_name,
        problem,
        allowed

    from mistakes

    where problem is not null

)

select * from computed_field_problems
