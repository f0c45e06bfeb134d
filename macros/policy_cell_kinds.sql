{#-
    What each cell of the policy seeds with conditions must be, by seed and column, as
    rule_cell_kinds has it for the rules of the score.
-#}
{% macro policy_cell_kinds() -%}
    {{ return({
        'stages': {'stage': 'text', 'place': 'number', 'label': 'text'},
        'lifecycle_rules': {'stage': 'stage', 'rule': 'text', 'label': 'text?',
            'scenario': 'scenario?', 'field': 'condition field?', 'operator': 'operator?',
            'value': 'text?', 'is_active': 'true or false'},
        'interest_rules': {'rule': 'text', 'kind': 'interest kind', 'interest': 'text?',
            'event_name': 'activity?', 'property': 'event property?', 'operator': 'operator?',
            'value': 'text?', 'weight': 'number above 0', 'half_life_days': 'number above 0?',
            'is_active': 'true or false'},
        'alert_rules': {'alert': 'text', 'label': 'text?', 'opening': 'text?',
            'scenario': 'scenario?', 'field': 'condition field', 'operator': 'operator',
            'value': 'text?', 'cooldown_days': 'whole number from 1?',
            'is_active': 'true or false'},
        'alert_routes': {'place': 'number', 'channel': 'alert channel', 'alert': 'text?',
            'owner_email': 'text?', 'country_code': 'text?', 'region': 'text?',
            'destination': 'text?', 'owner': 'text?', 'is_active': 'true or false'},
        'offer_rules': {'offer': 'text', 'label': 'text', 'scenario': 'scenario?',
            'min_score': 'whole number from 1', 'max_score': 'whole number from 1',
            'discount': 'text', 'valid_hours': 'whole number from 1',
            'cooldown_days': 'number from 0', 'prefix': 'text?', 'purpose': 'purpose?',
            'is_active': 'true or false'},
    }) }}
{%- endmacro %}
