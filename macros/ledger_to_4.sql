{#-
    How a ledger of the third layout becomes one of the fourth: a run says where it wrote to, and
    a row what may be there of it, and by which call it was taken out by what it was before.
-#}
{% macro ledger_to_4() -%}
    {%- set text, count = dbt.type_string(), dbt.type_int() -%}
    {%- set statements = ledger_statements(
        create={},
        add={
            'sync_runs': {'place': text},
            'sync_log': {'former_request_id': text, 'former_request_row': count},
            'sync_state': {'in_doubt': text},
        }
    ) -%}
    {%- do statements.append(
        'create or replace view ' ~ ledger_relation('sync_state_current') ~ ' as '
        ~ ledger_state_current()
    ) -%}
    {{ return(statements) }}
{%- endmacro %}
