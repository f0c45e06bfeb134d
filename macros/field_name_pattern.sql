{#- What a computed field may be called: a plain name, as every engine takes it. -#}
{% macro field_name_pattern() -%}
    {{ return('^[a-z][a-z0-9_]{0,62}$') }}
{%- endmacro %}
