{#-
    An aggregate over the events of a contact until as_of: how many there are, 0 without any.

    condition: which events, a boolean expression of their columns
    within_days: window in days before as_of; none for all time
-#}
{% macro count_of(condition, within_days=none) -%}
    {{ count_when(in_window(condition, within_days)) }}
{%- endmacro %}
