{#-
    The identifiers that the records of a shape carry, as they were delivered, once each: a
    select for each type, all in one. With a phone number goes the country of its record.

    As long as the CTE `suppressed_hashes` is empty, nothing is read.

    shape: profiles, events, consents or links; also the CTE with its rows
-#}
{% macro identifiers_given(shape) -%}
    {%- for identifier_type, column, country in suppressed_by(shape) %}
    select distinct
        '{{ shape }}' as shape,
        source,
        '{{ identifier_type }}' as identifier_type,
        {{ column }} as given_value,
        {{ country }} as given_country
    from {{ shape }}
    where {{ column }} is not null and exists (select 1 from suppressed_hashes)
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
