{#-
    The statements that bring the ledger to its newest version: all of it where there is none,
    the steps since where there is an older one; nothing where it is there. Run by on-run-start,
    so that models can read the ledger in a first build, and by sync/.

    They are one transaction of their own: dbt opens none around a hook, and rolls back what
    psycopg2 opens by itself. For the same reason the catalogue is asked by run_query(), which
    leaves no transaction open on DuckDB, as adapter.get_relation() would.
-#}
{% macro ledger_ddl() -%}
    {%- set version, newest = ledger_relation('ledger_version'), ledger_version() -%}
    {%- if not execute -%}
        {{ return('') }}
    {%- endif -%}

    {%- set found = ledger_version_found() -%}
    {%- if found == newest -%}
        {{ return('') }}
    {%- elif found > newest -%}
        {%- do exceptions.raise_compiler_error(
            'The ledger in schema ' ~ version.schema ~ ' has layout ' ~ found ~ ', which is newer '
            ~ 'than the ' ~ newest ~ ' that this version of Decile knows. Update Decile.'
        ) -%}
    {%- endif -%}

    {%- set statements = ['begin'] + (ledger_new() if found == 0 else ledger_steps(found)) -%}
    {{ return((statements + ['commit']) | join(';\n')) }}
{%- endmacro %}
