{#-
    A date, in UTC if the value has a time, or null if it is neither.

    expression: text, date or timestamp
-#}
{% macro safe_cast_date(expression) -%}
    cast({{ safe_cast_timestamp(expression) }} as date)
{%- endmacro %}
