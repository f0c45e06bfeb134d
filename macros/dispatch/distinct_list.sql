{#-
    An aggregate: the distinct values of a text column, sorted, in one text.

    expression: text column
-#}
{% macro distinct_list(expression) -%}
    {{ adapter.dispatch('distinct_list', 'decile')(expression) }}
{%- endmacro %}

{% macro default__distinct_list(expression) -%}
    string_agg(distinct {{ expression }}, ', ' order by {{ expression }})
{%- endmacro %}

{% macro spark__distinct_list(expression) -%}
    concat_ws(', ', array_sort(collect_set({{ expression }})))
{%- endmacro %}
