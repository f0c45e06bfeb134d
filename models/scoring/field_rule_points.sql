{{ config(materialized='view') }}

-- depends_on: {{ ref('contact_fields') }}
with

active_field_rules as (

    select
        rule,
        scorecard,
        rule_group,
        field,
        operator,
        compared_text,
        lowest_number,
        highest_number,
        is_disqualifier,
        points

    from {{ ref('active_field_rules') }}

),

-- A branch for each field; those that no rule names cost nothing.
fields_beside_rules as (

    {% for field in score_fields() -%}
        select
            contact_fields.contact_id,
            contact_fields.as_of,
            active_field_rules.*,
            {% if field.kind == 'number' -%}
                cast(null as {{ dbt.type_string() }}) as found_text,
                cast(contact_fields.{{ quoted(field.name) }} as numeric(18, 6))
                    as found_number
            {%- else -%}
        lower(cast(contact_fields.{{ quoted(field.name) }} as {{ dbt.type_string() }}))
            as found_text,
        cast(null as numeric(18, 6)) as found_number
        {%- endif %}

        from {{ ref('contact_fields').render() }} as contact_fields

        inner join active_field_rules
            on active_field_rules.field = '{{ field.name }}'
        {% if not loop.last %}
    union all

    {% endif -%}
    {%- else -%}
        select
            '' as contact_id,
            {{ as_of() }} as as_of,
            active_field_rules.*,
            '' as found_text,
            0 as found_number

        from active_field_rules

        where 1 = 0
    {%- endfor %}

),

field_rule_points as (

    select
        contact_id,
        as_of,
        rule,
        scorecard,
        rule_group,
        1 as occurrences,
        cast(null as {{ dbt.type_timestamp() }}) as last_occurred_at,
        points

    from fields_beside_rules

    where
        {{ rule_holds('found_text', 'found_number') }}
        and (points <> 0 or is_disqualifier)

)

select * from field_rule_points
