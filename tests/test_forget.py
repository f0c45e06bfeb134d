"""A person is erased everywhere, whatever breaks on the way, and nobody else is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager, nullcontext

import pytest
from small_project import SYNC, write_project
from typer.testing import CliRunner

from sync import forget as forget_module
from sync.changes import Capabilities, Change, Outcome
from sync.cli import app
from sync.destinations.connection import Connection
from sync.errors import ConfigError, Retriable
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
LEDGER = ("sync_state", "suppressed_identities", "suppression_key")
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
        yield Connection(self, "mine")  # type: ignore[arg-type]  # it has what forgetting asks for


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("people")
    write_project(folder, {**SYNC, "contact": "contact_key"})
    for table in TABLES:
        (folder / "models" / f"{table}.sql").write_text("select 1 as one")
    with chdir(folder), open_session(None) as session:
        open_ledger(session.warehouse, "mine")
        yield session


@pytest.fixture
def session(opened: Session) -> Session:
    """Everything as it was before anybody was forgotten."""
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
    opened.warehouse.execute(";".join(statements))
    return opened


def run(session: Session, crm: Crm, who: str = EMAIL) -> Proof:
    return forget(session, prepare(session, who), crm.connect)


def rows(session: Session, table: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in session.warehouse.rows(f"select * from {table}")]


def of_ann(session: Session) -> list[tuple[object, ...]]:
    found = rows(session, "small_ledger.sync_state")
    return [row for row in found if {ANN, OLD, "before"} & set(row)]


def without_the_other_account(session: Session) -> None:
    session.warehouse.execute("delete from small_ledger.sync_state where account = 'other'")


def test_a_person_is_erased_and_others_stay(session: Session) -> None:
    crm = Crm()
    proof = run(session, crm)
    assert {table: len(rows(session, f"small.{table}")) for table in LEFT} == LEFT
    assert {(change.operation, change.record_id, change.unique_key) for change in crm.asked} == {
        ("erase", "at 1", ANN), ("erase", "at 2", OLD), ("erase", "at before", ""),
    }  # fmt: skip
    (mine, other) = proof.answers
    assert (mine.rows, mine.erased, mine.again) == (3, 3, False)
    assert (other.account, other.erased, other.again) == ("other", 0, True)
    assert proof.exit_code == 1
    assert proof.deleted["small.identity_identifiers"] == 6
    assert sum(proof.left.values()) == len(of_ann(session)) == 1


def test_an_account_not_reached_keeps_where_to_find_them_and_nothing_of_them(
    session: Session,
) -> None:
    run(session, Crm())
    (row,) = of_ann(session)
    assert "at 1" in row
    assert '{"a": "1"}' not in row


@pytest.mark.parametrize("who", [EMAIL, ANN, "crm:1"])
def test_a_run_after_one_that_broke_off_completes_it(
    session: Session, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    crm = Crm()
    with monkeypatch.context() as broken:
        broken.setattr(forget_module, "erase_sent", _killed)
        with pytest.raises(KeyboardInterrupt):
            run(session, crm)
    # A build may come between: no model has them any more, and the ledger still does.
    without_the_other_account(session)
    for table in TABLES:
        session.warehouse.execute(f"delete from small.{table}")
    assert len(of_ann(session)) == 3
    assert run(session, crm, who).exit_code == 0
    assert len(crm.asked) == 3
    assert of_ann(session) == []
    assert prepare(session, who).nothing_left


def test_what_was_deleted_in_a_transaction_that_breaks_off_is_still_there(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("sync.forget._delete", _killed)
        with pytest.raises(KeyboardInterrupt):
            run(session, Crm())
    assert len(rows(session, "small.contacts")) == 2
    assert len(rows(session, "small_ledger.suppressed_identities")) == 10


def test_no_sync_sends_somebody_whose_forgetting_broke_off(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.forget._delete", _killed)
    with Crm().connect() as connection:
        assert session.plan(session.syncs[0], connection, full=True).operations["update"] == 2
        with pytest.raises(KeyboardInterrupt):
            run(session, Crm())
        plan = session.plan(session.syncs[0], connection, full=True)
    assert (plan.operations["update"], plan.blocked) == (1, {"forgotten": 1})


def test_a_destination_that_is_down_is_asked_again_by_the_next_run(session: Session) -> None:
    without_the_other_account(session)
    proof = run(session, Crm(down=True))
    assert proof.exit_code == 1
    assert proof.answers[0].why == "retriable"
    assert len(of_ann(session)) == 3
    crm = Crm()
    assert run(session, crm).exit_code == 0
    assert len(crm.asked) == 3


def test_where_nothing_can_be_erased_what_was_sent_is_cleared(session: Session) -> None:
    crm = Crm(erases=False)
    (mine, _) = run(session, crm).answers
    assert (mine.erased, mine.cleared) == (0, 3)
    assert {change.operation for change in crm.asked} == {"remove"}
    assert crm.asked[0].fields == {"a": None}


def test_a_target_that_may_not_send_may_not_erase(session: Session) -> None:
    session.warehouse.execute("delete from small.sync_targets")
    crm = Crm()
    (mine, _) = run(session, crm).answers
    assert mine.why == "target dev is not listed for it in sync_targets"
    assert (crm.asked, mine.again) == ([], True)


def test_an_identifier_of_others_is_not_suppressed(session: Session) -> None:
    person = prepare(session, EMAIL).person
    assert person.identifiers == {
        ("email", EMAIL), ("anonymous_id", "b1"), ("record_id", "crm:1"), ("record_id", "crm:4"),
    }  # fmt: skip
    assert person.contact_ids == (OLD, ANN)
    assert person.shared == 2


def test_somebody_unknown_is_kept_out_by_an_address_only(session: Session) -> None:
    assert run(session, Crm(), "nobody@x.test").answers == ()
    assert len(rows(session, "small_ledger.suppressed_identities")) == 1
    with pytest.raises(ConfigError, match="nobody is known by that"):
        run(session, Crm(), "crm:99")


def test_an_address_of_two_contacts_is_refused_with_their_ids(session: Session) -> None:
    session.warehouse.execute(
        f"insert into small.identity_identifiers values (3, 'email', '{EMAIL}')"
    )
    with pytest.raises(ConfigError, match=f"2 contacts have it: {ANN}, {BEN}"):
        run(session, Crm())
    assert rows(session, "small_ledger.suppressed_identities") == []


def test_the_command_asks_first_and_never_repeats_the_address(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.session.connect", lambda _name, _goes_to, _tell: Crm().connect())
    monkeypatch.setattr("sync.session.open_session", lambda _target: nullcontext(session))
    refused = CliRunner().invoke(app, ["forget", EMAIL], input="n\n")
    assert refused.exit_code == 1
    assert rows(session, "small_ledger.suppressed_identities") == []
    dry = CliRunner().invoke(app, ["forget", EMAIL, "--dry-run", "--json"])
    assert json.loads(dry.stdout)["tables"]["small.contacts"] == 1
    done = CliRunner().invoke(app, ["forget", EMAIL, "--yes", "--json"])
    assert json.loads(done.stdout)["tables"]["small.contacts"] == {"deleted": 1, "left": 0}
    shown = CliRunner().invoke(app, ["forget", EMAIL, "--yes"])
    assert "Not reached" in shown.stdout
    for result in (refused, dry, done, shown):
        assert EMAIL not in result.output
    for table in ("suppressed_identities", "suppression_key", "sync_state", "sync_runs"):
        assert EMAIL not in str(rows(session, f"small_ledger.{table}"))


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
