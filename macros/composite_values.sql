{#- What a composite identifier compares of each attribute, as SQL by attribute. -#}
{% macro composite_values() -%}
    {%- set values = {} -%}
    {%- for attribute in composite_attributes() -%}
        {%- set text = clean_text(attribute) -%}
        {%- do values.update({
            attribute: name_key(attribute) if attribute.endswith('name') else 'lower(' ~ text ~ ')'
        }) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}
