{#-
    Whether a cell with a list, a|b|c, is empty or holds a value, as a condition.

    value: text
    list: the cell
-#}
{% macro in_list(value, list) -%}
    ({{ list }} is null or position('|' || {{ value }} || '|' in '|' || {{ list }} || '|') > 0)
{%- endmacro %}
