with

composite_types as (

    select
        identifier_type,
        made_of

    from {{ ref('identifier_types') }}

    where made_of is not null

),

attributes_of_types as (

    select
        composite_types.identifier_type,
        pieces.piece as attribute_name

    from composite_types

    {{ split_to_rows('composite_types.made_of', '+') }}

),

parts as (

    select
        identifier_type,
        attribute_name,
        row_number() over (
            partition by identifier_type order by attribute_name
        ) as place,
        count(*) over (partition by identifier_type) as parts

    from attributes_of_types

)

select * from parts
