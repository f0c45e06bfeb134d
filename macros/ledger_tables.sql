{#-
    The ledger: what was sent where, and what came of it. Rows are only ever added, so the
    present is the latest row (see ledger_state_current). With any change, raise ledger_version()
    and say in ledger_migrations() how an older ledger gets there.
-#}
{% macro ledger_tables() -%}
    {%- set text, moment, count = dbt.type_string(), dbt.type_timestamp(), dbt.type_int() -%}
    {{ return({
        'ledger_version': {'version': count},
        'sync_runs': {
            'run_id': text, 'run_number': count, 'account': text, 'sync_name': text,
            'target': text, 'host': text, 'command': text, 'status': text, 'rows_read': count,
            'unchanged': count, 'held_back': count, 'skipped': count, 'blocked': count,
            'planned': count, 'accepted': count, 'rejected': count, 'pending': count,
            'error_code': text, 'error': text, 'resumes_at': moment, 'recorded_at': moment,
            'place': text},
        'sync_log': {
            'run_id': text, 'run_number': count, 'account': text, 'sync_name': text,
            'row_key': text, 'contact_id': text, 'token': text, 'operation': text,
            'status': text, 'destination_id': text, 'error_code': text, 'message': text,
            'recorded_at': moment, 'request_id': text, 'request_row': count,
            'former_request_id': text, 'former_request_row': count,
        },
        'sync_requests': ledger_requests(),
        'sync_state': {
            'account': text, 'sync_name': text, 'row_key': text, 'contact_id': text,
            'unique_key': text, 'run_number': count, 'operation': text, 'fingerprint': text,
            'payload': text, 'destination_id': text, 'status': text, 'attempts': count,
            'error_code': text, 'run_id': text, 'accepted_at': moment, 'recorded_at': moment,
            'in_doubt': text,
        },
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
    }) }}
{%- endmacro %}
