{#-
    Columns of the row whose place in its group is 1, one aggregate each.

    place: column with the place
    names: names of the columns
    prefix: what their new names begin with; nothing by default
-#}
{% macro of_the_row(place, names, prefix='') -%}
    {%- for name in names %}
        max(
            case when {{ place }} = 1 then {{ name }} end
        ) as {{ prefix }}{{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
