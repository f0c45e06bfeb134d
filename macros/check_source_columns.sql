{#-
    Stops a build on raw tables that the staging models cannot read, with one message
    that names every missing table and column; and `dbt source freshness` on the sample, which
    no loader landed. Called by `on-run-start`.
-#}
{% macro check_source_columns() -%}
    {%- if execute and var('demo') and flags.WHICH == 'freshness' -%}
        {%- do exceptions.raise_compiler_error(
            'Nothing was looked at: the sample has no raw tables, and no loader that could be'
            ~ ' late. Set the var demo to false to look at your own.'
        ) -%}
    {%- endif -%}
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
