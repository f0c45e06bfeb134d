{#-
    A path as JSON functions write it: ['lines', 0, 'code'] is $.lines[0].code.

    path: list of names and places
-#}
{% macro json_path(path) -%}
    {%- set steps = ['$'] -%}
    {%- for step in path -%}
        {%- do steps.append('[' ~ step ~ ']' if step is number else '.' ~ step) -%}
    {%- endfor -%}
    {{ return(steps | join) }}
{%- endmacro %}
