{#-
    An integer, rounded, or null if the value is not a number or does not fit.

    expression: text or number
-#}
{% macro safe_cast_integer(expression) -%}
    {%- set number = safe_cast_numeric(expression) -%}
    case
        when abs({{ number }}) < 2147483647
            then cast(round({{ number }}, 0) as {{ dbt.type_int() }})
    end
{%- endmacro %}
