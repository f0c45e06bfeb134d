{#-
    The statements that create the ledger; nothing where it exists. Run by on-run-start, so
    that models can read the ledger in a first build, and by sync/.

    They are one transaction of their own: dbt opens none around a hook, and rolls back what
    psycopg2 opens by itself. For the same reason the catalogue is asked by run_query(), which
    leaves no transaction open on DuckDB, as adapter.get_relation() would.
-#}
{% macro ledger_ddl() -%}
    {%- set version = ledger_relation('ledger_version') -%}
    {%- if not execute or run_query(
        "select 1 from information_schema.tables where table_schema = '"
        ~ version.schema ~ "' and table_name = '" ~ version.identifier ~ "'"
    ).rows | length -%}
        {{ return('') }}
    {%- endif -%}

    {%- set schema = version.without_identifier().include(database=false) -%}
    {%- set statements = ['begin', 'create schema if not exists ' ~ schema] -%}
    {%- for name, columns in ledger_tables().items() -%}
        {%- set definitions = [] -%}
        {%- for column, type in columns.items() -%}
            {%- do definitions.append(column ~ ' ' ~ type) -%}
        {%- endfor -%}
        {%- do statements.append(
            'create table ' ~ ledger_relation(name) ~ ' (' ~ definitions | join(', ') ~ ')'
        ) -%}
    {%- endfor -%}
    {%- do statements.append(
        'create view ' ~ ledger_relation('sync_state_current') ~ ' as ' ~ ledger_state_current()
    ) -%}
    {%- do statements.append('insert into ' ~ version ~ ' values (' ~ ledger_version() ~ ')') -%}
    {{ return((statements + ['commit']) | join(';\n')) }}
{%- endmacro %}
