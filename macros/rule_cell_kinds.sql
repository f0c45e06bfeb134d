{#-
    What each cell of the rule seeds must be, by seed and column: a kind of number, a name
    out of a list of allowed_rule_values, or free text. A `?` lets the cell be empty.
-#}
{% macro rule_cell_kinds() -%}
    {{ return({
        'event_rules': {'rule': 'text', 'scorecard': 'scorecard', 'label': 'text',
            'event_name': 'event', 'property': 'event property?', 'operator': 'operator?',
            'value': 'text?', 'points': 'number', 'within_days': 'whole number from 1?',
            'half_life_days': 'number above 0?', 'min_times': 'whole number from 1?',
            'max_per_day': 'whole number from 1?', 'max_points': 'number above 0?',
            'first_time_points': 'number?', 'rule_group': 'text?', 'is_active': 'true or false'},
        'field_rules': {'rule': 'text', 'scorecard': 'scorecard', 'label': 'text',
            'field': 'field', 'operator': 'operator', 'value': 'text?', 'points': 'number',
            'rule_group': 'text?', 'is_disqualifier': 'true or false',
            'is_active': 'true or false'},
        'scorecards': {'scorecard': 'text', 'scenario': 'scenario', 'dimension': 'dimension',
            'label': 'text', 'min_points': 'number?', 'max_points': 'number?'},
        'computed_fields': {'field': 'field name', 'function': 'function',
            'measured': 'event property?', 'event_name': 'event', 'property': 'event property?',
            'operator': 'operator?', 'value': 'text?', 'within_days': 'whole number from 1?'},
        'rule_groups': {'rule_group': 'text', 'scorecard': 'scorecard', 'label': 'text',
            'min_points': 'number up to 0?', 'max_points': 'number from 0?'},
        'scenarios': {'scenario': 'text', 'label': 'text', 'fit_weight': 'number from 0',
            'engagement_weight': 'number from 0', 'scale': 'scale?',
            'is_active': 'true or false'},
        'bands': {'scenario': 'scenario', 'measure': 'measure', 'band': 'text',
            'min_value': 'number?', 'label': 'text', 'qualification': 'qualification'},
        'grades': {'scenario': 'scenario', 'dimension': 'dimension', 'grade': 'text',
            'min_points': 'number?'},
    }) }}
{%- endmacro %}
