{#- The statements that make a ledger of the newest version, where there is none. -#}
{% macro ledger_new() -%}
    {%- set version = ledger_relation('ledger_version') -%}
    {%- set schema = version.without_identifier().include(database=false) -%}
    {%- set view = ledger_relation('sync_state_current') -%}
    {{ return(
        ['create schema if not exists ' ~ schema]
        + ledger_statements(create=ledger_tables())
        + ['create view ' ~ view ~ ' as ' ~ ledger_state_current()]
        + ['insert into ' ~ version ~ ' values (' ~ ledger_version() ~ ')']
    ) }}
{%- endmacro %}
