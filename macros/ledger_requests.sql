{#- The columns of the ledger's table of calls that a destination works off later. -#}
{% macro ledger_requests() -%}
    {%- set text, moment, count = dbt.type_string(), dbt.type_timestamp(), dbt.type_int() -%}
    {{ return({
        'account': text, 'sync_name': text, 'run_id': text, 'run_number': count,
        'request_id': text, 'row_count': count, 'status': text, 'match_rate': text,
        'failed_rows': count, 'recorded_at': moment,
    }) }}
{%- endmacro %}
