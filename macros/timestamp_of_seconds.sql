{#-
    A UTC timestamp without zone from seconds since 1970, or null if the value is no number.

    expression: text or number
-#}
{% macro timestamp_of_seconds(expression) -%}
    {{ epoch_timestamp(safe_cast_numeric(expression) ~ ' * 1000000') }}
{%- endmacro %}
