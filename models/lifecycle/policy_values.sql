{{ config(materialized='view') }}

{%- set names = {
    'condition field': condition_fields(score_fields()) | map(attribute='name') | list,
    'interest kind': ['content', 'product'],
    'alert channel': ['slack', 'webhook', 'crm_task'],
    'purpose': ['email_marketing', 'sms', 'web_push', 'ad_targeting', 'profiling'],
} -%}

-- depends_on: {{ ref('contact_fields') }}
with

allowed_rule_values as (

    select
        kind,
        allowed_value

    from {{ ref('allowed_rule_values') }}

    where
        kind in (
            'scenario', 'operator', 'event property', 'true or false', 'qualification'
        )

    union all

    select
        'activity' as kind,
        event_name as allowed_value

    from {{ ref('event_catalog') }}

    where is_activity = 'true'

    union all

    select distinct
        'stage' as kind,
        stage as allowed_value

    from {{ ref('stages') }}

    where stage is not null

),

policy_values as (

    select *

    from allowed_rule_values

    {% for kind, allowed in names.items() -%}
        {%- for allowed_value in allowed -%}
            union all

            select
                '{{ kind }}' as kind,
                '{{ allowed_value }}' as allowed_value

        {% endfor -%}
    {%- endfor %}
)

select * from policy_values
