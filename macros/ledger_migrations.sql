{#-
    How a ledger of the version before becomes this one: version -> its statements. What was
    published here stays as it is, whatever ledger_tables() says later. Tables and columns are
    only added, and no row is touched: an old one has null for what was not written then.
-#}
{% macro ledger_migrations() -%}
    {%- set text, moment, count = dbt.type_string(), dbt.type_timestamp(), dbt.type_int() -%}
    {%- set view = ledger_relation('sync_state_current') -%}
    {%- set to_2 = ledger_statements(
        add={
            'sync_runs': {
                'run_number': count, 'host': text, 'command': text, 'blocked': count,
                'error_code': text, 'resumes_at': moment,
            },
            'sync_log': {'run_number': count, 'contact_id': text},
            'sync_state': {
                'contact_id': text, 'run_number': count, 'operation': text, 'unique_key': text,
            },
        },
        create={
            'sync_leases': {
                'account': text, 'sync_name': text, 'run_id': text, 'holder': text,
                'action': text, 'expires_at': moment, 'recorded_at': moment,
            },
            'sync_alerts': {
                'account': text, 'sync_name': text, 'alert': text, 'channel': text,
                'state': text, 'detail': text, 'run_id': text, 'recorded_at': moment,
            },
            'suppressed_identities': {
                'identifier_type': text, 'identifier_hash': text, 'recorded_at': moment,
            },
            'suppression_key': {'suppression_key': text, 'recorded_at': moment},
        }
    ) -%}
    {#- Its columns change places this once; from here on `create or replace view` is enough. -#}
    {%- do to_2.extend([
        'drop view ' ~ view, 'create view ' ~ view ~ ' as ' ~ ledger_state_current()
    ]) -%}
    {{ return({2: to_2, 3: ledger_to_3(), 4: ledger_to_4()}) }}
{%- endmacro %}
