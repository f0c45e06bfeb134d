{#-
    Stops a build on raw tables that the staging models cannot read, with one message that
    names every missing table and column. Called by `on-run-start`; silent in the demo.
-#}
{% macro check_source_columns() -%}
    {%- if execute and not var('demo') and flags.WHICH in ('run', 'build', 'test') -%}
        {%- set faults = [] -%}
        {%- for table in graph.sources.values() if table.source_name in var('sources') -%}
            {%- set contract = source_contract(table.source_name).get(table.name) -%}
            {%- if contract -%}
                {%- do faults.extend(raw_table_faults(table, contract)) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if faults -%}
            {%- do exceptions.raise_compiler_error(
                'The raw tables do not have what the staging models need. Nothing was built.'
                ~ '\n- ' ~ faults | sort | join('\n- ')
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
