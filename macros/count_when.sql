{#-
    An aggregate: in how many rows the condition holds, 0 where in none.

    condition: boolean expression
-#}
{% macro count_when(condition) -%}
    {{ whole_number("sum(case when " ~ condition ~ " then 1 else 0 end)") }}
{%- endmacro %}
