{#- How a message names a row of each rule seed, as an expression by seed. -#}
{% macro rule_row_names() -%}
    {{ return({
        'event_rules': 'rule',
        'field_rules': 'rule',
        'scorecards': 'scorecard',
        'computed_fields': 'field',
        'rule_groups': "scorecard || '/' || rule_group",
        'scenarios': 'scenario',
        'bands': "scenario || ' ' || band",
        'grades': "scenario || ' ' || dimension || ' ' || grade",
    }) }}
{%- endmacro %}
