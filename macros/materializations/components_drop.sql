{#-
    The statements that drop work tables of a connected_components model.

    work: prefix of the work tables
    names: what they hold
-#}
{% macro components_drop(work, names) -%}
    {%- set drops = [] -%}
    {%- for name in names -%}
        {%- do drops.append('drop table if exists ' ~ components_relation(work, name)) -%}
    {%- endfor -%}
    {{ return(drops) }}
{%- endmacro %}
