{#-
    How a ledger of the second layout becomes one of the third: what a destination works off
    later can be asked for.
-#}
{% macro ledger_to_3() -%}
    {%- set text, moment, count = dbt.type_string(), dbt.type_timestamp(), dbt.type_int() -%}
    {{ return(ledger_statements(
        add={'sync_log': {'request_id': text, 'request_row': count}},
        create={
            'sync_requests': {
                'account': text, 'sync_name': text, 'run_id': text, 'run_number': count,
                'request_id': text, 'row_count': count, 'status': text, 'match_rate': text,
                'failed_rows': count, 'recorded_at': moment,
            },
        }
    )) }}
{%- endmacro %}
