{%- set names = {
    'event property': event_properties()['text'] + event_properties()['number'],
    'field': score_fields() | map(attribute='name') | list,
    'operator': [
        '=', '!=', '>', '>=', '<', '<=', 'between', 'in', 'not_in', 'contains',
        'starts_with', 'is_true', 'is_null',
    ],
    'function': ['count', 'sum', 'days_since', 'distinct_days', 'last_value'],
    'dimension': ['fit', 'engagement'],
    'measure': ['points', 'score'],
    'scale': ['percentile', 'points'],
    'qualification': ['none', 'mql', 'sql'],
    'true or false': ['true', 'false'],
} -%}

-- depends_on: {{ ref('contact_fields') }}
with

names_from_seeds as (

    select
        'event' as kind,
        event_name as allowed_value

    from {{ ref('event_catalog') }}

    union all

    select
        'scorecard' as kind,
        scorecard as allowed_value

    from {{ ref('scorecards') }}

    union all

    select
        'scenario' as kind,
        scenario as allowed_value

    from {{ ref('scenarios') }}

),

allowed_rule_values as (

    select distinct
        kind,
        allowed_value

    from names_from_seeds

    where allowed_value is not null

    {% for kind, allowed in names.items() -%}
        {%- for allowed_value in allowed -%}
            union all

            select
                '{{ kind }}' as kind,
                '{{ allowed_value }}' as allowed_value

        {% endfor -%}
    {%- endfor %}
)

select * from allowed_rule_values
