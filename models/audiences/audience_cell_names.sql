{%- set names = {
    'audience model': var('audience_models', []),
    'band list': ['irrelevant'],
    'side': ['in', 'out'],
    'purpose': ['email_marketing', 'sms', 'web_push', 'ad_targeting', 'profiling'],
    'true or false': ['true', 'false'],
} -%}

{{ config(materialized='view') }}

with

audience_cell_names as (

    select
        'scenario' as kind,
        scenario as allowed_value

    from {{ ref('scenarios') }}

    union

    select
        'band list' as kind,
        band as allowed_value

    from {{ ref('bands') }}

    union

    select
        'stage list' as kind,
        stage as allowed_value

    from {{ ref('stages') }}

    union

    select
        'audience' as kind,
        audience as allowed_value

    from {{ ref('audiences') }}

    {% for kind, allowed in names.items() -%}
        {%- for allowed_value in allowed -%}
            union

            select
                '{{ kind }}' as kind,
                '{{ allowed_value }}' as allowed_value

        {% endfor -%}
    {%- endfor %}
)

select * from audience_cell_names
