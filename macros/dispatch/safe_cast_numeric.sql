{#-
    numeric(18, 2), rounded half away from zero, or null if the value is not a number or
    does not fit.

    expression: text or number
-#}
{% macro safe_cast_numeric(expression) -%}
    {{ return(adapter.dispatch('safe_cast_numeric', 'decile')(expression)) }}
{%- endmacro %}

{% macro default__safe_cast_numeric(expression) -%}
    {{ dbt.safe_cast(expression, 'numeric(18, 2)') }}
{%- endmacro %}

{% macro duckdb__safe_cast_numeric(expression) -%}
    try_cast({{ expression }} as numeric(18, 2))
{%- endmacro %}

{#- There is no try_cast before PostgreSQL 16. -#}
{% macro postgres__safe_cast_numeric(expression) -%}
    {%- set text = 'trim(cast(' ~ expression ~ ' as text))' -%}
    case
        when {{ text }} !~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$'
            then null
        when abs(cast({{ text }} as numeric)) >= 1e16 - 0.005 then null
        else cast({{ text }} as numeric(18, 2))
    end
{%- endmacro %}
