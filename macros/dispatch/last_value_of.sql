{#-
    An aggregate over the events of a contact until as_of: a property of the latest event that
    has it, of two at one moment of the one with the greater id; null without any.

    property: column of the event
    condition: which events, a boolean expression of their columns
-#}
{% macro last_value_of(property, condition) -%}
    {{ adapter.dispatch('last_value_of', 'decile')(property, condition) }}
{%- endmacro %}

{% macro default__last_value_of(property, condition) -%}
    max_by(
        {{ property }},
        case
            when {{ condition }} and {{ property }} is not null
                then struct(occurred_at, event_id)
        end
    )
{%- endmacro %}

{% macro duckdb__last_value_of(property, condition) -%}
    arg_max({{ property }}, row(occurred_at, event_id)) filter (where {{ condition }})
{%- endmacro %}

{% macro postgres__last_value_of(property, condition) -%}
    (
        array_agg({{ property }} order by occurred_at desc, event_id desc)
        filter (where {{ condition }} and {{ property }} is not null)
    )[1]
{%- endmacro %}
