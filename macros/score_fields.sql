{#-
    The columns of contact_fields that a field rule may name, as a list of {name, kind};
    kind is number, boolean or text. It and computed_fields() ask the warehouse, nothing else
    does; a unit test overrides it.
-#}
{% macro score_fields() -%}
    {%- set fields = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(ref('contact_fields')) -%}
            {#- DuckDB names a decimal with its digits, which dbt knows for no number. -#}
            {%- set type = column.dtype | lower -%}
            {%- set is_number = column.is_number() or 'decimal' in type -%}
            {%- if column.name | lower not in ('contact_id', 'as_of') -%}
                {%- do fields.append({
                    'name': column.name | lower,
                    'kind': 'number' if is_number else 'boolean' if 'bool' in type else 'text',
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(fields) }}
{%- endmacro %}
