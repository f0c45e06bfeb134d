{#-
    The raw table of a source: the sample's seed in the demo, else the one it landed.

    source_name: name of the source, as in the var `sources`
    table_name: name of the table in source_contract()
-#}
{% macro raw_table(source_name, table_name) -%}
    {%- if var('demo') -%}
        {{ ref('raw_' ~ source_name ~ '__' ~ table_name) }}
    {%- else -%}
        {{ source(source_name, table_name) }}
    {%- endif -%}
{%- endmacro %}
