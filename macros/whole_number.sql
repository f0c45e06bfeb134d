{#-
    An expression as the type of a whole number; an engine's sums and counts are wider.

    expression: a number without decimals
-#}
{% macro whole_number(expression) -%}
    cast({{ expression }} as {{ dbt.type_int() }})
{%- endmacro %}
