{#-
    Stops a build on raw tables that the staging models cannot read, with one message
    that names every missing table and column. Called by `on-run-start`.
-#}
{% macro check_source_columns() -%}
    {%- if execute and not var('demo') and flags.WHICH in ('run', 'build', 'test') -%}
        {%- set faults = [] -%}
        {%- for table in graph.sources.values() -%}
            {%- if table.source_name in var('sources') -%}
                {%- do faults.extend(raw_table_faults(table)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if faults -%}
            {%- do exceptions.raise_compiler_error(
                'Nothing was built: the raw tables lack what staging needs.'
                ~ '\n- ' ~ faults | sort | join('\n- ')
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
