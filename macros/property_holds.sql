{#-
    The condition that a property of an event fits a comparison of a seed's row; nothing for an
    operator that does not go with it.

    property: column of contact_events, of event_properties
    operator: such as = or contains
    compared: the cell value, or none
-#}
{% macro property_holds(property, operator, compared) -%}
    {%- set is_number = property in event_properties()['number'] -%}
    {%- set bounds = (compared or '').split('|') -%}
    {%- set conditions = comparisons(
        none if is_number else 'lower(' ~ property ~ ')',
        property if is_number else none,
        'lower(' ~ text_literal(compared) ~ ')',
        number_literal(bounds[0]),
        number_literal(bounds[1] or '')
    ) -%}
    {{ conditions.get(operator, 'false') }}
{%- endmacro %}
