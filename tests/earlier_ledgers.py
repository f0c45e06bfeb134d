"""Ledgers as earlier versions of Decile left them, with rows: what a migration starts from."""

from __future__ import annotations

VERSION_1 = """
create schema {schema};
create table {schema}.ledger_version (version integer);
create table {schema}.sync_runs (
    run_id text, account text, sync_name text, target text, status text, rows_read integer,
    unchanged integer, held_back integer, skipped integer, planned integer, accepted integer,
    rejected integer, pending integer, error text, recorded_at timestamp
);
create table {schema}.sync_log (
    run_id text, account text, sync_name text, row_key text, token text, operation text,
    status text, destination_id text, error_code text, message text, recorded_at timestamp
);
create table {schema}.sync_state (
    account text, sync_name text, row_key text, fingerprint text, payload text,
    destination_id text, status text, attempts integer, error_code text, run_id text,
    accepted_at timestamp, recorded_at timestamp
);
create view {schema}.sync_state_current as
select *
from (
    select
        sync_state.*,
        row_number() over (
            partition by account, sync_name, row_key
            order by recorded_at desc, run_id desc, attempts desc
        ) as recency
    from {schema}.sync_state as sync_state
) as numbered
where recency = 1;
insert into {schema}.ledger_version values (1);
insert into {schema}.sync_runs values
    ('20261122T071544-55646e', 'sandbox', 'crm_people', 'dev', 'running',
     2, 0, 0, 0, 2, 0, 0, 0, null, timestamp '2026-11-22 07:15:44.542'),
    ('20261122T071544-55646e', 'sandbox', 'crm_people', 'dev', 'succeeded',
     2, 0, 0, 0, 2, 2, 0, 0, null, timestamp '2026-11-22 07:15:44.560');
insert into {schema}.sync_log values
    ('20261122T071544-55646e', 'sandbox', 'crm_people', '1', 'ca98d9ce7640aed6aa051c5cea247e91',
     'update', 'accepted', 'r1', null, null, timestamp '2026-11-22 07:15:44.550'),
    ('20261122T071544-55646e', 'sandbox', 'crm_people', '2', '0df3a34722de5518ae43e5a9c90f0d69',
     'update', 'accepted', 'r2', null, null, timestamp '2026-11-22 07:15:44.550');
insert into {schema}.sync_state values
    ('sandbox', 'crm_people', '1',
     'e23f7667955a1262063bf27a73bd41d68c9c24cca567a96866dd6ac51aae92b3',
     '{{"decile_band":"warm","decile_contact_id":"1","decile_lead_score":"50"}}', 'r1',
     'accepted', 0, null, '20261122T071544-55646e',
     timestamp '2026-11-22 07:15:44.550', timestamp '2026-11-22 07:15:44.550'),
    ('sandbox', 'crm_people', '2',
     '902d257b47956bb67c297296ea4e929261cc674f734b1b14caea76237ad7cb52',
     '{{"decile_band":"warm","decile_contact_id":"2","decile_lead_score":null}}', 'r2',
     'accepted', 0, null, '20261122T071544-55646e',
     timestamp '2026-11-22 07:15:44.550', timestamp '2026-11-22 07:15:44.550');
"""


def version_1(schema: str) -> str:
    """Give the statements that make a ledger of the first layout: two rows, both accepted."""
    return VERSION_1.format(schema=schema)
