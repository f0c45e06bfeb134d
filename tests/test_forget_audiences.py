"""Whoever is found by what they were sent is forgotten by it, however often it takes to ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from forgetting import (
    ANN,
    BEN,
    EMAIL,
    TABLES,
    Crm,
    begin,
    of_ann,
    open_people,
    rows,
    run,
    without_the_other_account,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stand_ins import LIST_FIELDS, held, standing_in

from sync import collect as collect_module
from sync import forget_erase, forget_sent
from sync.changes import Capabilities, Change, Collected, Collects, Outcome
from sync.collect import DAYS, collect
from sync.errors import QuotaExhausted, Retriable
from sync.forget import Proof, prepare
from sync.session import Session

ABLE = Capabilities(
    frozenset({"audience"}), 100, 10.0, "delete", erases=True, found_by=frozenset({"a"})
)
SENT = {"a": "1", "b": "2"}
FOUND_BY = {
    "identity_records",
    "identity_contacts",
    "identity_identifiers",
    "blocked_identifiers",
    "contact_merges",
}


class Platform(Crm):
    """Knows people by a value alone, and works off later what it accepted."""

    def __init__(self, **members: str) -> None:
        super().__init__()
        self.capabilities = ABLE
        self.members = set(members) or {"1"}
        self.error: Exception | None = None
        self.later = Collected("processing")
        self.calls: list[list[str]] = []

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        if self.error:
            raise self.error
        self.asked += changes
        known = [[one["a"] for one in change.sent if one.get("a")] for change in changes]
        self.calls.append([str(value) for each in known for value in each])
        return [
            Outcome(one.token, "accepted", request_id=f"call {len(self.calls)}", request_row=place)
            if known[place]
            else Outcome(one.token, "rejected", None, "NO_IDENTIFIER")
            for place, one in enumerate(changes)
        ]

    def collect(self, request_id: str) -> Collected:
        if self.later.status == "done" and not self.later.failed:
            self.members -= set(self.calls[int(request_id.split()[1]) - 1])
        return self.later


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with open_people(tmp_path_factory.mktemp("people")) as session:
        yield session


@pytest.fixture
def session(opened: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Ann is in an audience under one key, and was in another row of it before she was merged."""
    for module in (forget_sent, forget_erase):
        monkeypatch.setattr(module, "able_of", lambda *_sync: ABLE)
    start(opened)
    return opened


def start(session: Session) -> None:
    begin(session)
    # What they are found by stays; what else remembers them is the matter of test_forget.py.
    for table in TABLES.keys() - FOUND_BY:
        session.warehouse.execute(f"drop table small.{table}")
    without_the_other_account(session)
    change(session, f"payload = '{json.dumps(SENT)}'")


def change(session: Session, values: str) -> None:
    session.warehouse.execute(f"update small_ledger.sync_state set {values}")


def ask(session: Session, platform: Platform) -> list[str]:
    with platform.connect() as connection:
        found = collect(session.syncs[0], session.ledger(connection), platform)
        return [one.status for one in found]


def state(session: Session) -> list[Mapping[str, Any]]:
    return list(session.warehouse.rows("select * from small_ledger.sync_state_current"))


def told(proof: Proof) -> tuple[int, int, int, int]:
    (answer,) = proof.answers
    return answer.rows, answer.erased, answer.asked, proof.exit_code


@pytest.mark.parametrize("error", [Retriable("503"), QuotaExhausted("no calls are left")])
def test_after_a_passing_error_nothing_stays_but_what_they_are_found_by(
    session: Session, error: Exception
) -> None:
    platform = Platform()
    platform.error = error
    assert told(run(session, platform)) == (3, 0, 0, 1)
    kept = [json.loads(row["payload"]) for row in state(session) if row["contact_id"] != BEN]
    assert kept == [{"a": "1", "b": None}] * 3
    platform.error = None
    assert told(run(session, platform)) == (3, 0, 3, 1)
    assert platform.calls == [["1", "1", "1"]]


def test_nobody_is_called_erased_before_it_is_confirmed(session: Session) -> None:
    platform = Platform()
    proof = run(session, platform)
    assert told(proof) == (3, 0, 3, 1)
    assert "not yet confirmed" in str(proof.answers[0].why)
    assert told(run(session, platform)) == (3, 0, 3, 1)
    assert ask(session, platform) == ["processing"]
    assert len(platform.calls) == 1
    platform.later = Collected("done", 3)
    ask(session, platform)
    assert prepare(session, ANN).sent[0].standing("gone")
    assert told(run(session, platform)) == (3, 3, 0, 0)
    assert len(platform.calls) == 1
    assert of_ann(session) == []
    assert rows(session, "small_ledger.sync_log") == []
    assert prepare(session, ANN).nothing_left


@pytest.mark.parametrize(
    "later", [Collected("failed"), Collected("done", 3, None, {0: "A", 1: "A", 2: "A"})]
)
def test_an_erasure_that_came_to_nothing_is_asked_for_again(
    session: Session, later: Collected
) -> None:
    platform = Platform()
    change(session, 'in_doubt = \'[{"a":"lost"}]\'')
    run(session, platform)
    platform.later = later
    ask(session, platform)
    platform.later = Collected("processing")
    assert told(run(session, platform)) == (3, 0, 3, 1)
    assert platform.calls == [["1", "lost"] * 3] * 2


def test_an_erasure_that_nobody_asked_about_in_time_is_asked_for_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform()
    run(session, platform)
    later = collect_module.utc_now() + timedelta(days=DAYS, minutes=1)
    monkeypatch.setattr(collect_module, "utc_now", lambda: later)
    assert ask(session, platform) == ["unknown"]
    assert told(run(session, platform)) == (3, 0, 3, 1)
    assert len(platform.calls) == 2


def test_whatever_was_sent_of_them_is_asked_for(session: Session) -> None:
    change(session, 'in_doubt = \'[{"a":"lost"},{"a":"lost later"}]\'')
    session.warehouse.execute(
        "insert into small_ledger.sync_state (account, sync_name, row_key, contact_id, run_number,"
        " payload, status, recorded_at) values"
        f" ('mine', 'crm_people', '1', '{ANN}', 0, '{{\"a\": \"before\"}}', 'accepted', now())"
    )
    platform = Platform()
    run(session, platform)
    asked = {one.key: [sent["a"] for sent in one.sent] for one in platform.asked}
    assert asked["1"] == ["1", "lost later", "lost", "before"]
    # The ledger has one row left of each, and as much in it.
    assert len(of_ann(session)) == 3
    platform.later = Collected("failed")
    ask(session, platform)
    run(session, platform)
    assert {one.key: [sent["a"] for sent in one.sent] for one in platform.asked}["1"] == asked["1"]


REMOVED = "operation = 'remove', fingerprint = null, payload = null, destination_id = "


def test_who_was_removed_before_is_not_removed_again(session: Session) -> None:
    change(session, f"{REMOVED} null")
    platform = Platform()
    proof = run(session, platform)
    assert (proof.answers, proof.exit_code, platform.asked) == ((), 0, [])
    assert of_ann(session) == []
    assert prepare(session, ANN).nothing_left


@pytest.mark.parametrize(
    ("able", "values"),
    [
        # What was cleared is there still.
        (ABLE, f"{REMOVED} 'at ' || row_key"),
        # To erase by a key reaches further than a removal.
        (replace(ABLE, found_by=frozenset()), f"{REMOVED} null"),
        # A removal that was refused.
        (ABLE, "operation = 'remove', status = 'rejected'"),
        # An answer was lost, and the row refused later.
        (ABLE, "operation = 'create', status = 'rejected', fingerprint = '', accepted_at = null"),
    ],
)
def test_who_may_be_there_still_is_asked_for(
    session: Session, monkeypatch: pytest.MonkeyPatch, able: Capabilities, values: str
) -> None:
    for module in (forget_sent, forget_erase):
        monkeypatch.setattr(module, "able_of", lambda *_sync: able)
    change(session, values)
    crm = Crm()
    assert told(run(session, crm)) == (3, 3, 0, 0)


def test_a_removal_of_a_sync_that_is_not_confirmed_is_waited_for(session: Session) -> None:
    change(session, f"{REMOVED} null, run_id = 'r'")
    session.warehouse.execute(
        "insert into small_ledger.sync_log (account, sync_name, run_id, row_key, contact_id,"
        " status, request_id, request_row) select account, sync_name, 'r', row_key, contact_id,"
        " 'accepted', 'call 1', 0 from small_ledger.sync_state;"
        "insert into small_ledger.sync_requests (account, sync_name, request_id, status,"
        " recorded_at) values ('mine', 'crm_people', 'call 1', 'sent', now()::timestamp)"
    )
    platform = Platform()
    platform.calls.append(["1"])
    assert told(run(session, platform)) == (3, 0, 3, 1)
    platform.later = Collected("done")
    ask(session, platform)
    proof = run(session, platform)
    assert (proof.answers, proof.exit_code, platform.asked) == ((), 0, [])


def test_whom_nothing_is_known_of_is_told_once_and_left_to_a_person(session: Session) -> None:
    change(session, "payload = null")
    proof = run(session, Platform())
    assert told(proof) == (3, 0, 0, 1)
    assert (proof.answers[0].why, len(proof.answers[0].ids)) == ("NO_IDENTIFIER", 3)
    assert of_ann(session) == []
    assert prepare(session, ANN).nothing_left


def test_the_next_run_of_an_audience_takes_out_who_could_not_be_erased(session: Session) -> None:
    platform = Platform()
    platform.error = Retriable("503")
    run(session, platform)
    sync = session.syncs[0]
    audience = replace(sync, meta=sync.meta.model_copy(update={"mode": "mirror"}))
    with platform.connect() as connection:
        plan = session.plan(audience, connection)
        removals = [one.change for one in plan.changes() if one.change.operation == "remove"]
    assert {one.key: one.previous for one in removals}["1"] == {"a": "1", "b": None}


FATES = st.lists(
    st.sampled_from(["down", "asked", "failed", "too late", "done"]), min_size=1, max_size=4
)


@pytest.mark.long
@given(FATES)
@example(["down", "asked", "failed", "done"])
@settings(max_examples=20, deadline=None)
def test_they_end_only_when_they_are_out(opened: Session, fates: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        for module in (forget_sent, forget_erase):
            patched.setattr(module, "able_of", lambda *_sync: ABLE)
        start(opened)
        platform = Platform()
        for fate in [*fates, "done", "done"]:
            platform.error = Retriable("503") if fate == "down" else None
            if prepare(opened, EMAIL).nothing_left:
                break
            proof = run(opened, platform)
            assert bool(proof.exit_code) == bool(platform.members)
            if fate in ("failed", "done"):
                platform.later = Collected("failed" if fate == "failed" else "done")
                ask(opened, platform)
            if fate == "too late":
                with pytest.MonkeyPatch.context() as clock:
                    now = collect_module.utc_now() + timedelta(days=DAYS, minutes=1)
                    clock.setattr(collect_module, "utc_now", lambda now=now: now)
                    ask(opened, platform)
        run(opened, platform)
        assert platform.members == set()
        assert prepare(opened, EMAIL).nothing_left


def test_somebody_leaves_a_customer_list_by_both_hashes_and_it_is_confirmed(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, lost = {"emailAddress": "old@x.test"}, {"emailAddress": "lost@x.test"}
    change(session, f"payload = '{json.dumps(old)}', in_doubt = '{json.dumps([lost])}'")
    with standing_in("google_ads", tmp_path, monkeypatch) as there:
        there.destination.apply_setup(LIST_FIELDS)
        for number, fields in enumerate([old, lost, {"emailAddress": "ben@x.test"}]):
            there.destination.push([Change(f"t{number}", f"k{number}", "create", None, "", fields)])

        crm = Crm()
        monkeypatch.setattr(crm, "push", there.destination.push)
        crm.capabilities = there.destination.capabilities
        assert told(run(session, crm)) == (3, 0, 3, 1)
        assert isinstance(there.destination, Collects)
        with crm.connect() as connection:
            ledger = session.ledger(connection)
        (found,) = collect(session.syncs[0], ledger, there.destination)
        assert found.status == "done"
        assert told(run(session, crm)) == (3, 3, 0, 0)
        (number,) = held(there, "google_ads", "list")
        assert set(held(there, "google_ads", f"member of {number}")) == {
            sha256(b"ben@x.test").hexdigest()
        }
