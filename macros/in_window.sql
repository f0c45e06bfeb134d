{#-
    A condition on an event that lies in the window as well: as_of - window < occurred_at.

    condition: boolean expression
    within_days: days; none for all time
-#}
{% macro in_window(condition, within_days) -%}
    ({{ condition }}){{ ' and age_days < ' ~ within_days if within_days }}
{%- endmacro %}
