{#-
    A select list of nulls as text, one for each name.

    columns: names of columns
-#}
{% macro null_columns(columns) -%}
    {%- for column in columns %}
            cast(null as {{ dbt.type_string() }}) as {{ quoted(column) }}
            {{- ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
