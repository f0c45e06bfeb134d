{#- The version of the ledger that is there; 0 where there is none. Asks the warehouse. -#}
{% macro ledger_version_found() -%}
    {%- set version = ledger_relation('ledger_version') -%}
    {%- set there = run_query(
        "select 1 from information_schema.tables where table_schema = '" ~ version.schema
        ~ "' and table_name = '" ~ version.identifier ~ "'"
    ) -%}
    {%- if there.rows | length == 0 -%}
        {{ return(0) }}
    {%- endif -%}
    {{ return(run_query('select max(version) from ' ~ version).rows[0][0] | int) }}
{%- endmacro %}
