{#-
    All rows that the sources in the var `sources` deliver in one shape, by the var
    `source_shapes`; typed, and empty where none delivers it.

    shape: profiles, events, consents or links
-#}
{% macro union_of_sources(shape) -%}
    {%- set selects = [] -%}
    {%- for source_name in var('sources') if shape in var('source_shapes')[source_name] -%}
        {%- do selects.append('select ' ~ shape_columns(shape) | map('first') | join(', ')
            ~ ' from ' ~ ref('stg_' ~ source_name ~ '__' ~ shape)) -%}
    {%- endfor -%}
    {%- set nothing = [] -%}
    {%- for name, type in shape_columns(shape) -%}
        {%- do nothing.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}
    {%- endfor -%}
    {{ selects | join('\n    union all\n    ') if selects
        else 'select ' ~ nothing | join(', ') ~ ' where 1 = 0' }}
{%- endmacro %}
