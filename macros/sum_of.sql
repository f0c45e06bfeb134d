{#-
    An aggregate over the events of a contact until as_of: a sum of two decimals, 0 without any.

    summed: a number of the event, such as amount
    condition: which events, a boolean expression of their columns
    within_days: window in days before as_of; none for all time
-#}
{% macro sum_of(summed, condition, within_days=none) -%}
    cast(
        coalesce(sum(case when {{ in_window(condition, within_days) }} then {{ summed }} end), 0)
        as numeric(18, 2)
    )
{%- endmacro %}
