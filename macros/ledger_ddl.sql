{#-
    The statements that create the ledger; nothing where it exists. Run by on-run-start, so
    that models can read the ledger in a first build, and by sync/.
-#}
{% macro ledger_ddl() -%}
    {%- set version = ledger_relation('ledger_version') -%}
    {%- if execute and adapter.get_relation(
        version.database, version.schema, version.identifier
    ) is none -%}
        create schema if not exists {{ version.without_identifier().include(database=false) }};
        {% for name, columns in ledger_tables().items() -%}
            create table if not exists {{ ledger_relation(name) }} (
                {%- for column, type in columns.items() %}
                {{ column }} {{ type }}{{ ',' if not loop.last }}
                {%- endfor %}
            );
        {% endfor -%}
        create or replace view {{ ledger_relation('sync_state_current') }} as
        {{ ledger_state_current() }};
        insert into {{ version }} values ({{ ledger_version() }})
    {%- endif -%}
{%- endmacro %}
