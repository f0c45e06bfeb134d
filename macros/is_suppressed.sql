{#-
    Whether a record, as it was delivered, belongs to somebody who was forgotten: a condition
    that is never null. Reads the CTE `suppressed`, the suppressed_values of the shape.

    shape: profiles, events, consents or links
-#}
{% macro is_suppressed(shape) -%}
    {%- set conditions = [] -%}
    {%- for identifier_type, column, country in suppressed_by(shape) -%}
        {%- do conditions.append(
            'coalesce((source, ' ~ column ~ ', ' ~ country ~ ') in ('
            ~ 'select source, given_value, given_country from suppressed where'
            ~ " identifier_type = '" ~ identifier_type ~ "'), false)"
        ) -%}
    {%- endfor -%}
    ({{ conditions | join(' or ') }})
{%- endmacro %}
