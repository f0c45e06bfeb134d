{#-
    An integer, rounded, or null if the value is not a number or does not fit.

    expression: text or number
-#}
{% macro safe_cast_integer(expression) -%}
    {{ return(adapter.dispatch('safe_cast_integer', 'decile')(expression)) }}
{%- endmacro %}

{% macro default__safe_cast_integer(expression) -%}
    {%- set number = safe_cast_numeric(expression) -%}
    case
        when abs({{ number }}) < 2147483647
            then cast(round({{ number }}, 0) as {{ dbt.type_int() }})
    end
{%- endmacro %}

{#- Short, since page views come by the ten million; a bare cast rounds halves to even. -#}
{% macro duckdb__safe_cast_integer(expression) -%}
    try_cast(round(try_cast({{ expression }} as double)) as integer)
{%- endmacro %}
