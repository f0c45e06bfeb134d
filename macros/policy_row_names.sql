{#- How a message names a row of each policy seed with conditions, as an expression by seed. -#}
{% macro policy_row_names() -%}
    {{ return({
        'stages': 'stage',
        'lifecycle_rules': "stage || ' ' || rule || coalesce(' ' || field, '')",
        'interest_rules': 'rule',
        'alert_rules': "alert || coalesce(' ' || field, '')",
        'alert_routes': "channel || ' ' || place",
        'offer_rules': 'offer',
    }) }}
{%- endmacro %}
