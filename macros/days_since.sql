{#-
    An aggregate over the events of a contact until as_of: whole days since the latest one; null
    without any.

    condition: which events, a boolean expression of their columns
    within_days: window in days before as_of; none for all time
-#}
{% macro days_since(condition, within_days=none) -%}
    {{ whole_number(
        'floor(min(case when ' ~ in_window(condition, within_days) ~ ' then age_days end))'
    ) }}
{%- endmacro %}
