{#-
    A row of the seed computed_fields as an aggregate over the events of a contact until as_of;
    nothing where the row asks for what does not exist.

    field: the row, a dictionary by column
-#}
{% macro computed_field(field) -%}
    {%- set properties = event_properties() -%}
    {%- set condition = 'event_name = ' ~ text_literal(field.event_name) -%}
    {%- if field.operator -%}
        {%- set condition = '(' ~ condition ~ ' and '
            ~ property_holds(field.property, field.operator, field.value) ~ ')' -%}
    {%- endif -%}
    {%- set within_days = (field.within_days or '0') | int -%}
    {%- if field.property and field.property not in properties.text + properties.number -%}
    {%- elif field.function == 'count' -%}
        {{ count_of(condition, within_days) }}
    {%- elif field.function == 'days_since' -%}
        {{ days_since(condition, within_days) }}
    {%- elif field.function == 'distinct_days' -%}
        {{ distinct_days(condition, within_days) }}
    {%- elif field.function == 'sum' and field.measured in properties.number -%}
        {{ sum_of(field.measured, condition, within_days) }}
    {%- elif field.function == 'last_value' and field.measured in properties.number -%}
        cast({{ last_value_of(field.measured, in_window(condition, within_days)) }}
            as numeric(18, 2))
    {%- elif field.function == 'last_value' and field.measured in properties.text -%}
        {{ last_value_of(field.measured, in_window(condition, within_days)) }}
    {%- endif -%}
{%- endmacro %}
