"""Somebody in a small warehouse and its ledger, and a destination that is asked to forget them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path

from small_project import IN_MEMORY, SYNC, write_project

from sync.changes import Capabilities, Change, Outcome
from sync.destinations.connection import Connection
from sync.errors import Retriable
from sync.forget import Proof, forget, prepare
from sync.ledger import open_ledger
from sync.session import Session, open_session

ANN, BEN, OLD = "ann0000000000000", "ben0000000000000", "01d0000000000000"
EMAIL = "ann@x.test"
TRACE = f"web||{EMAIL}|||b1"
TABLES = {
    "identity_records": f"""
        select * from (values
            (1, 'crm:1', 'crm', '{EMAIL}', false), (2, '{TRACE}', 'web', '{EMAIL}', false),
            (3, 'crm:3', 'crm', 'ben@x.test', false), (4, 'crm:4', 'crm', '{EMAIL}', true)
        ) as t (record_number, record_key, source, email, is_deleted)""",
    "identity_record_numbers": f"""
        select * from (values (1, 'crm:1'), (2, '{TRACE}'), (3, 'crm:3'), (4, 'crm:4'))
            as t (record_number, record_key)""",
    "identity_contacts": f"""
        select * from (values ('crm:1', '{ANN}'), ('{TRACE}', '{ANN}'), ('crm:3', '{BEN}'))
            as t (record_key, contact_id)""",
    # They share a phone, and hers alone is the number that belongs to nobody.
    "identity_identifiers": f"""
        select * from (values
            (1, 'email', '{EMAIL}'), (2, 'email', '{EMAIL}'), (3, 'email', 'ben@x.test'),
            (1, 'phone', '+441'), (3, 'phone', '+441'), (1, 'phone', '+100'),
            (2, 'anonymous_id', 'b1'), (1, 'record_id', 'crm:1')
        ) as t (record_number, identifier_type, identifier_value)""",
    "identity_distinctions": """
        select * from (values (1, 'Ann'), (3, 'Ben')) as t (record_number, distinct_value)""",
    "blocked_identifiers": "select 'phone' as identifier_type, '+100' as identifier_value",
    "contact_merges": f"""
        select '{OLD}' as merged_contact_id, '{ANN}' as contact_id,
            '{ANN}' as current_contact_id""",
    "contacts": f"""
        select * from (values ('{ANN}', '{EMAIL}'), ('{BEN}', 'ben@x.test'))
            as t (contact_id, email)""",
    "score_history": f"""
        select * from (values ('{ANN}', 1), ('{OLD}', 1), ('{BEN}', 1))
            as t (contact_id, change_number)""",
    "contact_events": f"""
        select * from (values ('crm:9', '{ANN}'), ('crm:3', '{BEN}'))
            as t (event_id, contact_id)""",
    "machine_events": "select * from (values ('crm:9'), ('crm:3')) as t (event_id)",
    "quarantine": """
        select * from (values
            ('crm', 'events', '1', null), ('crm', 'profiles', '1', null),
            ('shop', 'profiles', '1', null), ('crm', 'profiles', '7', ' ANN@x.test')
        ) as t (source, shape, record_id, email)""",
}
LEFT = {
    "identity_records": 1, "identity_record_numbers": 1, "identity_contacts": 1,
    "identity_identifiers": 2, "identity_distinctions": 1, "blocked_identifiers": 1,
    "contact_merges": 0, "contacts": 1, "score_history": 1, "contact_events": 1,
    "machine_events": 1, "quarantine": 2,
}  # fmt: skip
LEDGER = (
    "sync_runs",
    "sync_state",
    "sync_log",
    "sync_requests",
    "suppressed_identities",
    "suppression_key",
)
STATE = """
    insert into small_ledger.sync_state (account, sync_name, row_key, contact_id, unique_key,
        run_number, operation, fingerprint, payload, destination_id, status, attempts, accepted_at,
        recorded_at)
    select account, 'crm_people', row_key, contact_id, contact_id, 1, 'update', 'f', '{"a": "1"}',
        'at ' || row_key, 'accepted', 0, now()::timestamp, now()::timestamp
    from (values
        ('mine', '1', 'ann0000000000000'), ('mine', '2', '01d0000000000000'),
        ('mine', '3', 'ben0000000000000'), ('mine', 'before', null),
        ('other', '1', 'ann0000000000000')
    ) as t (account, row_key, contact_id)
"""


class Crm:
    """A destination that writes down what it was asked."""

    name = "crm"

    def __init__(self, *, down: bool = False, erases: bool = True) -> None:
        self.capabilities = Capabilities(frozenset({"update"}), 100, 10.0, "clear", erases)
        self.asked: list[Change] = []
        self.down = down

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        if self.down:
            raise Retriable("it answered 503")
        self.asked += changes
        return [Outcome(change.token, "accepted") for change in changes]

    @contextmanager
    def connect(self, _sync: object = None) -> Iterator[Connection]:
        yield Connection(self, "mine", {"address": "here.example"})


@contextmanager
def open_people(folder: Path) -> Iterator[Session]:
    write_project(folder, {**SYNC, "contact": "contact_key"}, path=IN_MEMORY)
    for table in TABLES:
        (folder / "models" / f"{table}.sql").write_text("select 1 as one")
    with chdir(folder), open_session(None) as session:
        open_ledger(session.warehouse, "mine")
        yield session


def begin(session: Session) -> None:
    """Make everything as it was before anybody was forgotten."""
    statements = [f"delete from small_ledger.{table}" for table in LEDGER]
    statements += ["create schema if not exists small", STATE]
    people = f"('before', '1', '{ANN}'), ('3', '3', '{BEN}')"
    for table, query in {
        **TABLES,
        "sync_crm__people": "select *, null::text as email, 5 as lead_score, 'hot' as band "
        f"from (values {people}) as t (sync_key, record_id, contact_key)",
        "sync_targets": "select 'dev' as target, 'mine' as account",
    }.items():
        statements.append(f"create or replace table small.{table} as {query}")
    session.warehouse.execute(";".join(statements))


def run(session: Session, crm: Crm, who: str = EMAIL) -> Proof:
    return forget(session, prepare(session, who), crm.connect)


def rows(session: Session, table: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in session.warehouse.rows(f"select * from {table}")]


def of_ann(session: Session) -> list[tuple[object, ...]]:
    found = rows(session, "small_ledger.sync_state")
    return [row for row in found if {ANN, OLD, "before"} & set(row)]


def without_the_other_account(session: Session) -> None:
    session.warehouse.execute("delete from small_ledger.sync_state where account = 'other'")
