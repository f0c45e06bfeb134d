-- A part of a composite identifier that is no attribute of a profile: no record would ever
-- have the identifier. The attributes are in macros/composite_attributes.sql.

with

identifier_types as (

    select
        identifier_type,
        made_of

    from {{ ref('identifier_types') }}

    where made_of is not null

),

attributes as (

    select
        identifier_types.identifier_type,
        pieces.piece as attribute_name

    from identifier_types

    {{ split_to_rows('identifier_types.made_of', '+') }}

)

select *

from attributes

where attribute_name not in ('{{ composite_attributes() | join("', '") }}')
