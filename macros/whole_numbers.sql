{#-
    A select of the whole numbers from 0 to `upper`, in the column number_of.

    upper: the last number
-#}
{% macro whole_numbers(upper) -%}
    {%- for number in range(upper + 1) %}
    select {{ number }} as number_of
    {%- if not loop.last %} union all {% endif %}
    {%- endfor %}
{%- endmacro %}
