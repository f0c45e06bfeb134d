{#-
    An aggregate over the events of a contact until as_of: on how many days there were any. A
    day is 24 hours counted back from as_of, so that seven days are seven days at any hour.

    condition: which events, a boolean expression of their columns
    within_days: window in days before as_of; none for all time
-#}
{% macro distinct_days(condition, within_days=none) -%}
    {{ whole_number(distinct_whole_numbers(
        'case when ' ~ in_window(condition, within_days) ~ ' then floor(age_days) end',
        within_days - 1 if within_days else none
    )) }}
{%- endmacro %}
