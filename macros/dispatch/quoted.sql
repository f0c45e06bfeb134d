{#-
    A column name in quotes, since loaders land names such as "timestamp" or "index".

    column: name in lower case
-#}
{% macro quoted(column) -%}
    {{ return(adapter.dispatch('quoted', 'decile')(column)) }}
{%- endmacro %}

{% macro default__quoted(column) -%}
    {{ return(adapter.quote(column)) }}
{%- endmacro %}

{#- Snowflake folds bare names to upper case, which is what loaders write there. -#}
{% macro snowflake__quoted(column) -%}
    {{ return(adapter.quote(column | upper)) }}
{%- endmacro %}
