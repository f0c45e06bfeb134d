{#-
    The names that no computed field may have: the columns of contact_fields that SQL makes, as
    its YAML describes them, and those of an event. A unit test overrides it.
-#}
{% macro sql_fields() -%}
    {%- set nodes = graph.get('nodes', {}) if execute else {} -%}
    {%- set described = nodes.get('model.decile.contact_fields', {}).get('columns', {}) -%}
    {%- set properties = event_properties() -%}
    {{ return(described | list + ['contact_id', 'as_of'] + properties.text + properties.number) }}
{%- endmacro %}
