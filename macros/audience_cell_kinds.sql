{#-
    What each cell of the seeds of audiences must be, as rule_cell_kinds() says it of the rules. A
    kind that ends on `list` is names with | between them.
-#}
{% macro audience_cell_kinds() -%}
    {{ return({
        'audiences': {'audience': 'text', 'label': 'text', 'model': 'audience model?',
            'scenario': 'scenario?', 'bands': 'band list?', 'min_decile': 'number from 1 to 10?',
            'max_decile': 'number from 1 to 10?', 'stages': 'stage list?', 'interest': 'text?',
            'customers': 'side?', 'active_within_days': 'number from 1?',
            'silent_for_days': 'number from 1?', 'purpose': 'purpose?',
            'holdout_share': 'share from 0 and below 1?', 'holdout_salt': 'text?',
            'exclusive_group': 'text?', 'priority': 'number?', 'is_active': 'true or false'},
        'audience_splits': {'audience': 'audience', 'arm': 'text',
            'share': 'share above 0 and up to 1'},
    }) }}
{%- endmacro %}
