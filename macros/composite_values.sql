{#- What a composite identifier compares of each attribute, as SQL by attribute. -#}
{% macro composite_values() -%}
    {%- set values = {} -%}
    {%- for attribute in composite_attributes() -%}
        {%- do values.update({attribute: 'lower(' ~ clean_text(attribute) ~ ')'}) -%}
    {%- endfor -%}
    {%- for attribute in ['first_name', 'last_name'] -%}
        {%- do values.update({attribute: "nullif(" ~ name_key(attribute) ~ ", '')"}) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}
