{#-
    The columns of contact_fields that a field rule may name, as a list of {name, kind};
    kind is number, boolean or text. The one macro that asks the warehouse; a unit test
    overrides it.
-#}
{% macro score_fields() -%}
    {%- set fields = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(ref('contact_fields')) -%}
            {#- DuckDB names a decimal with its digits, which dbt knows for no number. -#}
            {%- set is_decimal = 'decimal' in column.dtype | lower -%}
            {%- if column.name | lower not in ('contact_id', 'as_of') -%}
                {%- do fields.append({
                    'name': column.name | lower,
                    'kind': 'number' if column.is_number() or is_decimal else 'text',
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(fields) }}
{%- endmacro %}
