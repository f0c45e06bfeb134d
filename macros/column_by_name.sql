{#-
    The value of the column whose name stands in `name`, null where it is not in the list.

    relation: CTE that has the columns
    names: names of columns of one type
    name: expression, the name of one of them
-#}
{% macro column_by_name(relation, names, name) -%}
    case {{ name }}
        {%- for column in names %}
        when '{{ column }}' then {{ relation }}.{{ column }}
        {%- endfor %}
    end
{%- endmacro %}
