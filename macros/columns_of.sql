{#-
    A list of columns as it stands in a select, each with its table's name.

    relation: name of the CTE or table
    names: names of the columns
-#}
{% macro columns_of(relation, names) -%}
    {%- for name in names %}
    {{ relation }}.{{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
