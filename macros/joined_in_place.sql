{#-
    An aggregate: texts of a group in the order of their places, with bars between.

    expression: text
    place: whole number from 1, once in each group
    most: how many places there can be
-#}
{% macro joined_in_place(expression, place, most) -%}
    {%- for number in range(1, most + 1) %}
        {{ '|| ' if not loop.first }}coalesce(max(
            case
                when {{ place }} = {{ number }}
                    then {{ "'|' || " if not loop.first }}{{ expression }}
            end
        ), '')
    {%- endfor %}
{%- endmacro %}
