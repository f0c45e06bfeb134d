"""Rows change, appear and vanish, calls fail, runs die; in the end it is as the model says.

A place is a CRM, whose records have ids and are cleared, or a list, whose members have none and
are deleted. Both are honest about what they did, except where an answer gets lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from small_project import Person
from sync_world import World, a_world, open_people

from sync.changes import Capabilities, Change, Mode, Outcome
from sync.config import Sync
from sync.engine import Result, run_sync
from sync.errors import AccessRefused, Ambiguous, BatchRefused, QuotaExhausted, Retriable
from sync.exposure import Guards, SendWhen
from sync.planner import Plan
from sync.warehouse import Warehouse

KEYS = "abcd"
IN_CRM = {"a": "r1", "b": "r2"}
GONE = ("no longer in the model", "merged into another contact")
Fields = dict[str, str | None]


class Killed(BaseException):
    """The process ends here, whatever it was doing."""


@dataclass
class Place:
    """What is really there, by record id in a CRM and by our key in a list."""

    has_ids: bool
    records: dict[str, Fields] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    mishaps: list[str] = field(default_factory=list)
    bad: frozenset[str] = frozenset()
    name: str = "place"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            modes=frozenset(),
            max_batch=2,
            rows_per_second=10,
            removal="clear" if self.has_ids else "delete",
            max_in_flight=3,
        )

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        mishap = self.mishaps.pop() if self.mishaps else ""
        if mishap in BEFORE:
            raise BEFORE[mishap]()
        if mishap == "refused" and any(change.key in self.bad for change in changes):
            raise BatchRefused("400", code="BAD")
        outcomes = [self._write(change) for change in changes]
        if mishap in AFTER:
            raise AFTER[mishap]()
        return outcomes[1:] if mishap == "silent" else outcomes[::-1]

    def _write(self, change: Change) -> Outcome:
        if change.key in self.bad and change.operation != "remove":
            return Outcome(change.token, "rejected", None, "BAD", "no")
        where = self._find(change) if self.has_ids else change.key
        if change.operation == "remove":
            if not self.has_ids:
                self.records.pop(change.key, None)
            elif where:
                self.records[where].update(change.fields)
                self.owners.pop(change.unique_key, None)
            return Outcome(change.token, "accepted", where if self.has_ids else None)
        if where is None:
            if change.operation == "update":
                return Outcome(change.token, "rejected", None, "NOT_FOUND", "no such record")
            where = f"n{len(self.records)}"
        self.records.setdefault(where, {}).update(change.fields)
        self.owners[change.unique_key] = where
        return Outcome(change.token, "accepted", where if self.has_ids else None)

    def _find(self, change: Change) -> str | None:
        if change.record_id:
            return change.record_id if change.record_id in self.records else None
        return self.owners.get(change.unique_key)


BEFORE: dict[str, Callable[[], BaseException]] = {
    "not sent": lambda: Retriable("503"),
    "lost before": lambda: Ambiguous("cut"),
    "quota": lambda: QuotaExhausted("used up"),
    "token": lambda: AccessRefused("expired"),
    "killed before": Killed,
}
AFTER: dict[str, Callable[[], BaseException]] = {
    "lost after": lambda: Ambiguous("cut"),
    "502": lambda: Retriable("502"),
    "killed after": Killed,
}
mishaps = st.sampled_from(["", "", *BEFORE, *AFTER, "refused", "silent"])
keys = st.sampled_from(KEYS)


class History(RuleBasedStateMachine):
    """Whatever happens, one clean run makes the place what the model says."""

    opened: ClassVar[tuple[Warehouse, Sync]]

    @initialize(
        mode=st.sampled_from(["update", "upsert", "create", "mirror", "audience", "append"]),
        has_ids=st.booleans(),
        picky=st.booleans(),
        in_flight=st.sampled_from([1, 1, 3]),
    )
    def begin(self, mode: Mode, has_ids: bool, picky: bool, in_flight: int) -> None:  # noqa: FBT001  (hypothesis names them)
        when = SendWhen(any_change=("band",), moved={"lead_score": 5}) if picky else None
        self.mode, self.picky = mode, picky
        # A list has no ids, so nobody is known by one.
        self.known = IN_CRM if has_ids and mode not in ("audience", "append") else {}
        self.world: World = a_world(
            self.opened,
            mode=mode,
            send_when=when,
            in_flight=in_flight,
            contact="contact_key",
            guards=Guards(max_removed_share=None, min_rows=0),
        )
        self.place = Place(has_ids=has_ids, records={name: {} for name in self.known.values()})
        self.people: dict[str, tuple[int | None, str | None]] = {}
        self.blocked: set[str] = set()
        self.sent_once: set[str] = set()

    @rule(key=keys, score=st.none() | st.integers(1, 9), band=st.sampled_from(["hot", "", None]))
    def changes(self, key: str, score: int | None, band: str | None) -> None:
        self.people[key] = (score, band)

    @rule(key=keys)
    def vanishes(self, key: str) -> None:
        self.people.pop(key, None)

    @rule(key=keys)
    def refuses_or_agrees(self, key: str) -> None:
        self.blocked ^= {key}

    @rule(going_wrong=st.lists(mishaps, max_size=6), bad=st.frozensets(keys, max_size=2))
    def runs(self, going_wrong: list[str], bad: frozenset[str]) -> None:
        self.place.mishaps, self.place.bad = going_wrong, bad
        with suppress(Killed):
            self.run()
        self.place.mishaps, self.place.bad = [], frozenset()

    @rule(key=keys, mishap=st.sampled_from(["lost after", "502", "killed after"]))
    def is_changed_with_no_answer_and_changed_back(self, key: str, mishap: str) -> None:
        before = self.people.get(key)
        self.people[key] = (99, "hot")
        self.runs([mishap] * 6, frozenset())
        if before:
            self.people[key] = before
        else:
            del self.people[key]

    def run(self, *, full: bool = False) -> Result:
        self.write_model()
        guards = {"refused": one_of(self.blocked)} if self.blocked else {}
        plan = self.world.plan(self.place, guards=guards, full=full)  # type: ignore[arg-type]  # a place is a destination
        check_counts(plan, len(self.people))
        for planned in plan.changes():
            change = planned.change
            assert change.operation == "remove" or change.unique_key not in self.blocked
        result = run_sync(self.world.sync, plan, self.place, self.world.ledger)  # type: ignore[arg-type]  # as above
        assert result.sent == result.outcomes.total() <= plan.to_send
        assert result.error or result.sent == plan.to_send
        assert (result.status == "succeeded") == (result.outcomes["accepted"] == plan.to_send)
        return result

    def write_model(self) -> None:
        rows: list[Person] = [
            (key, self.known.get(key), key, f"{key}@example.com", *values)
            for key, values in self.people.items()
        ]
        self.world.people(*rows)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        result = self.run(full=self.picky)
        assert result.status == "succeeded"
        self.check_place()
        again = self.run()
        assert again.plan.to_send == 0

    def check_place(self) -> None:
        """The place is as the model says, for everyone whom the mode is about."""
        allowed = {key: row for key, row in self.people.items() if key not in self.blocked}
        for key, (score, band) in allowed.items():
            record = self.place.records.get(self.where(key) or "")
            if self.mode == "update" and key not in self.known and record is None:
                continue
            if self.mode == "create" and key in self.known:
                continue
            assert record is not None, f"{key} never arrived"
            if self.mode in ("create", "append"):
                continue
            assert record["decile_lead_score"] == (None if score is None else str(score))
            assert record["decile_band"] == band
        if self.mode in ("mirror", "audience"):
            self.check_nobody_else(set(allowed))

    def check_nobody_else(self, allowed: set[str]) -> None:
        expected = {self.where(key) for key in allowed}
        for name, record in self.place.records.items():
            # What only a new record is given stays: it is the record's own from then on.
            kept = [value for field, value in record.items() if value and field != "email"]
            assert name in expected or not kept
            assert name in expected or self.place.has_ids

    def where(self, key: str) -> str | None:
        if not self.place.has_ids:
            return key
        return self.known.get(key) or self.place.owners.get(key)


def check_counts(plan: Plan, people: int) -> None:
    """Every row of the model is in one count, and only these."""
    gone = sum(plan.removed[reason] for reason in GONE)
    counted = plan.unchanged + plan.held_back.total() + plan.skipped.total() + plan.blocked.total()
    assert counted + plan.to_send - gone == plan.rows_read == people


def one_of(contact_ids: set[str]) -> str:
    return " union all ".join(f"select '{name}' as contact_id" for name in sorted(contact_ids))


@pytest.fixture(scope="module")
def in_memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    with open_people(tmp_path_factory.mktemp("project"), in_memory=True) as found:
        yield found


def live(opened: tuple[Warehouse, Sync], histories: int, steps: int) -> None:
    History.opened = opened
    chosen = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(History, settings=chosen)


def test_after_fifty_histories_the_destination_is_as_the_model_says(
    in_memory: tuple[Warehouse, Sync],
) -> None:
    live(in_memory, histories=50, steps=6)


@pytest.mark.long
def test_after_a_thousand_histories_the_destination_is_as_the_model_says(
    in_memory: tuple[Warehouse, Sync],
) -> None:
    live(in_memory, histories=1_000, steps=8)
