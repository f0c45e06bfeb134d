-- A part of a composite identifier that is no attribute of a profile: no record would
-- ever have it. The attributes are in macros/composite_attributes.sql.

select
    identifier_type,
    attribute_name

from {{ ref('composite_parts') }}

where attribute_name not in ('{{ composite_attributes() | join("', '") }}')
