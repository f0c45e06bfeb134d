{#- The columns that priorities_by_attribute() gives, as a list of names. -#}
{% macro priority_columns() -%}
    {%- set names = [] -%}
    {%- for attribute in contact_attributes() -%}
        {%- do names.append(attribute ~ '_priority') -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
