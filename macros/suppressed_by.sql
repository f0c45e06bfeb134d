{#-
    By what a record of a shape can belong to somebody who was forgotten: the type of the
    identifier, its column, and what country a phone number is dialled in, as SQL.

    shape: profiles, events, consents or links
-#}
{% macro suppressed_by(shape) -%}
    {%- set types = {
        'source_record_id': 'record_id', 'linked_source_record_id': 'record_id',
        'email': 'email', 'phone': 'phone', 'external_id': 'external_id',
        'anonymous_id': 'anonymous_id',
    } -%}
    {%- set found = [] -%}
    {%- set columns = shape_columns(shape) | map('first') | list -%}
    {%- for column in columns if column in types -%}
        {%- do found.append((
            types[column], column,
            "coalesce(country_code, '')"
                if column == 'phone' and 'country_code' in columns else "''",
        )) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
