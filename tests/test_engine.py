from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_project import Person, person, write_people, write_project

from sync.changes import Capabilities, Change, Field, Outcome, SetupStep
from sync.config import Sync, parse_syncs
from sync.destinations import DESTINATIONS
from sync.engine import Result, plan_sync, run_sync
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    DestinationError,
    GuardError,
    QuotaExhausted,
    Retriable,
)
from sync.ledger import Ledger, open_ledger
from sync.planner import Plan, Planned, Row
from sync.warehouse import Record, Warehouse, open_warehouse

Before = Callable[[Sequence[Change]], None]
accounts = itertools.count()


@dataclass
class Crm:
    """A destination in memory. `before` may raise; rows in `bad` are refused one by one."""

    name = "crm"
    max_batch: int = 2
    before: Before = lambda _changes: None
    bad: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    records: dict[str, dict[str, str | None]] = field(default_factory=dict)
    batches: list[list[str]] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        modes = frozenset({"update", "upsert"})
        return Capabilities(modes=modes, max_batch=self.max_batch, rows_per_second=10)  # type: ignore[arg-type]

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        assert len({change.operation for change in changes}) == 1
        self.batches.append([change.key for change in changes])
        self.before(changes)
        return [self._write(change) for change in changes if change.key not in self.silent]

    def _write(self, change: Change) -> Outcome:
        if change.key in self.bad:
            return Outcome(change.token, "rejected", None, "INVALID", "score: not valid")
        self.records.setdefault(change.record_id or change.key, {}).update(change.fields)
        return Outcome(change.token, "accepted", change.record_id or change.key)

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        raise NotImplementedError

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        raise NotImplementedError


def refusing(*keys: str) -> Before:
    def before(changes: Sequence[Change]) -> None:
        if any(change.key in keys for change in changes):
            raise BatchRefused("CRM answered 400 to POST /people.", code="BAD_ROW")

    return before


def raising(error: DestinationError, *, at: int = 1, times: int = 1) -> Before:
    """Raise for `times` batches, from batch number `at` on."""
    count = itertools.count(1)

    def before(_changes: Sequence[Change]) -> None:
        if at <= next(count) < at + times:
            raise error

    return before


@dataclass
class World:
    """A sync, its ledger and what is in its model."""

    warehouse: Warehouse
    sync: Sync
    ledger: Ledger

    def people(self, *people: Person) -> None:
        table = self.warehouse.relation("sync_crm__people")
        columns = ("sync_key", "record_id", "contact_key", "email", "lead_score", "band")
        self.warehouse.execute(f"delete from {table}")
        with self.warehouse.transaction():
            rows = [dict(zip(columns, row, strict=True)) for row in people]
            self.warehouse.insert(table, rows)

    def plan(self) -> Plan:
        return plan_sync(self.sync, self.ledger)

    def run(self, crm: Crm, **options: Any) -> Result:
        return run_sync(self.sync, self.plan(), crm, self.ledger, **options)

    def read(self, table: str) -> list[Record]:
        return list(
            self.warehouse.rows(
                f"select * from {self.ledger.table(table)} where account = ? order by recorded_at",
                (self.ledger.account,),
            )
        )

    def states(self) -> dict[str, str]:
        return {row["row_key"]: row["status"] for row in self.read("sync_state_current")}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    folder, here = tmp_path_factory.mktemp("project"), Path.cwd()
    write_people(write_project(folder), person("1"))
    os.chdir(folder)
    try:
        with open_warehouse() as (warehouse, manifest):
            (sync,) = parse_syncs(manifest, DESTINATIONS)
            yield warehouse, sync
    finally:
        os.chdir(here)


@pytest.fixture
def world(opened: tuple[Warehouse, Sync]) -> World:
    return a_world(opened)


def a_world(opened: tuple[Warehouse, Sync]) -> World:
    warehouse, sync = opened
    return World(warehouse, sync, open_ledger(warehouse, f"test {next(accounts)}"))


def people(count: int, **changes: Any) -> list[Person]:
    return [person(str(number), f"r{number}", **changes) for number in range(1, count + 1)]


def test_what_changed_is_sent_once(world: World) -> None:
    crm = Crm()
    world.people(*people(5))
    result = world.run(crm)
    assert (result.status, result.exit_code, result.outcomes["accepted"]) == ("succeeded", 0, 5)
    assert [len(batch) for batch in crm.batches] == [2, 2, 1]
    assert crm.records["r1"]["decile_lead_score"] == "50"
    assert world.run(crm).plan.changes == []

    world.people(*people(4), person("5", "r5", score=51))
    (planned,) = world.plan().changes
    assert planned.differences == {"decile_lead_score": ("50", "51")}


def test_a_planned_run_sends_nothing_and_writes_nothing(world: World) -> None:
    world.people(*people(3))
    assert len(world.plan().changes) == 3
    assert world.read("sync_state") == world.read("sync_log") == world.read("sync_runs") == []


def test_a_bad_row_is_recorded_and_sent_alone_the_next_time(world: World) -> None:
    crm = Crm(bad={"2"})
    world.people(*people(5))
    result = world.run(crm)
    assert (result.status, result.exit_code) == ("incomplete", 1)
    assert result.errors == {"INVALID": 1}
    assert world.states() == {"1": "accepted", "2": "rejected"} | dict.fromkeys("345", "accepted")

    crm.bad, crm.batches = set(), []
    again = world.run(crm)
    assert (crm.batches, again.plan.resent, again.status) == ([["2"]], 1, "succeeded")


def test_a_failed_row_keeps_what_was_accepted_before(world: World) -> None:
    world.people(*people(1, score=40))
    world.run(Crm())
    world.people(*people(1, score=60))
    for attempts in (1, 2):
        world.run(Crm(bad={"1"}))
        (state,) = world.read("sync_state_current")
        assert (state["status"], state["attempts"]) == ("rejected", attempts)
        assert '"decile_lead_score":"40"' in state["payload"]
    (planned,) = world.plan().changes
    assert planned.differences == {"decile_lead_score": ("40", "60")}


@pytest.mark.parametrize("bad", ["1", "3", "7", "8"])
def test_a_refused_batch_is_halved_until_the_bad_row_is_alone(world: World, bad: str) -> None:
    crm = Crm(max_batch=8, before=refusing(bad))
    world.people(*people(8))
    result = world.run(crm)
    assert result.errors == {"BAD_ROW": 1}
    assert [key for key, status in world.states().items() if status == "rejected"] == [bad]
    assert len(crm.records) == 7
    assert len(crm.batches) == 7  # the whole, then two calls for each of three halvings


def test_a_row_that_the_answer_does_not_mention_is_pending(world: World) -> None:
    world.people(*people(3))
    result = world.run(Crm(silent={"2"}))
    assert (result.outcomes["accepted"], result.outcomes["pending"]) == (2, 1)
    assert world.states()["2"] == "pending"


@pytest.mark.parametrize("kind", [Retriable, Ambiguous])
def test_a_batch_without_an_answer_is_pending_and_the_rest_goes_on(
    world: World, kind: type[DestinationError]
) -> None:
    world.people(*people(5))
    result = world.run(Crm(before=raising(kind("CRM: no answer."))))
    assert (result.outcomes["pending"], result.outcomes["accepted"]) == (2, 3)
    assert (result.error, result.exit_code) == (None, 1)
    assert len(world.plan().changes) == 2


def test_a_destination_that_is_down_is_not_asked_for_ever(world: World) -> None:
    crm = Crm(max_batch=1, before=raising(Retriable("CRM: 503."), times=99))
    world.people(*people(9))
    result = world.run(crm)
    assert (len(crm.batches), result.outcomes["pending"], result.exit_code) == (3, 3, 5)
    assert result.status == "stopped"
    assert len(world.plan().changes) == 9


@pytest.mark.parametrize("kind", [QuotaExhausted, AccessRefused, DestinationError])
def test_a_refusal_of_everything_stops_and_leaves_the_rest_as_it_was(
    world: World, kind: type[DestinationError]
) -> None:
    world.people(*people(6))
    result = world.run(Crm(before=raising(kind("CRM: no."), at=2)))
    assert (result.status, result.exit_code, result.sent) == ("stopped", 5, 2)
    assert world.states() == {"1": "accepted", "2": "accepted"}
    assert world.read("sync_runs")[-1]["error"] == "CRM: no."
    assert len(world.plan().changes) == 4


def test_a_stop_during_a_halving_keeps_the_halves_that_were_answered(world: World) -> None:
    calls = itertools.count(1)

    def before(changes: Sequence[Change]) -> None:
        refusing("4")(changes)
        if next(calls) == 2:
            raise QuotaExhausted("used up")

    world.people(*people(4))
    result = world.run(Crm(max_batch=4, before=before))
    assert (result.status, world.states()) == ("stopped", {"1": "accepted", "2": "accepted"})


def test_an_interrupt_finishes_the_batch_in_flight(world: World) -> None:
    crm = Crm()
    world.people(*people(5))
    result = world.run(crm, stopped=lambda: len(crm.batches) == 2)
    assert (result.status, result.exit_code, result.sent) == ("interrupted", 130, 4)
    assert [row["status"] for row in world.read("sync_runs")] == ["running", "interrupted"]
    assert world.run(crm).outcomes["accepted"] == 1


def test_a_kill_loses_the_answers_of_one_batch_at_most(world: World) -> None:
    class Killed(BaseException):
        pass

    def before(_changes: Sequence[Change]) -> None:
        if len(crm.batches) == 3:
            raise Killed

    crm = Crm(before=before)
    world.people(*people(9))
    with pytest.raises(Killed):
        world.run(crm)
    assert len(world.states()) == 4
    assert [row["status"] for row in world.read("sync_runs")] == ["running"]
    assert len(world.plan().changes) == 5


def test_progress_counts_every_row_once(world: World) -> None:
    seen: list[int] = []
    world.people(*people(5))
    world.run(Crm(max_batch=4, before=refusing("2")), advance=seen.append)
    assert sum(seen) == 5


def test_unknown_people_are_skipped_by_an_update_only_sync(world: World) -> None:
    crm = Crm()
    world.people(person("1"), person("2", "r2"))
    result = world.run(crm)
    assert (result.plan.skipped, list(crm.records)) == (1, ["r2"])


def test_a_broken_model_sends_nothing(world: World) -> None:
    world.people(person("1", "r1"), person("1", "r2"), person(None, "r3"))
    with pytest.raises(GuardError, match="1 rows without a key and has 1 rows"):
        world.plan()
    world.people()
    with pytest.raises(GuardError, match="has no rows"):
        world.plan()


def test_accounts_do_not_share_their_state(opened: tuple[Warehouse, Sync]) -> None:
    one, other = a_world(opened), a_world(opened)
    one.people(*people(2))
    one.run(Crm())
    assert one.plan().changes == []
    assert len(other.plan().changes) == 2


def test_the_log_has_a_row_for_each_outcome(world: World) -> None:
    world.people(*people(3))
    world.run(Crm(bad={"2"}))
    world.run(Crm())
    log = world.read("sync_log")
    assert sorted((row["row_key"], row["status"]) for row in log) == [
        ("1", "accepted"),
        ("2", "accepted"),
        ("2", "rejected"),
        ("3", "accepted"),
    ]
    assert {row["error_code"] for row in log} == {None, "INVALID"}


def test_nulls_and_odd_text_survive_the_ledger(world: World) -> None:
    row = person("1", "r1", score=None, band='it\'s "so", 100% ? ✓\n')
    world.people(row)
    crm = Crm()
    world.run(crm)
    assert crm.records["r1"]["decile_lead_score"] is None
    assert crm.records["r1"]["decile_band"] == row[5]
    assert world.plan().unchanged == 1


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_whatever_fails_everything_arrives_in_the_end(
    opened: tuple[Warehouse, Sync], data: st.DataObject
) -> None:
    world, crm = a_world(opened), Crm(max_batch=data.draw(st.integers(1, 5)))
    keys = st.sets(st.sampled_from([str(number) for number in range(1, 9)]))
    world.people(*people(8))
    for _ in range(data.draw(st.integers(0, 3))):
        crm.bad, crm.silent = data.draw(keys), data.draw(keys)
        crm.before = data.draw(
            st.sampled_from([refusing("3", "4"), raising(Ambiguous("gone"), at=2), refusing()])
        )
        result = world.run(crm)
        assert result.sent == len(result.plan.changes)
    crm.bad, crm.silent, crm.before = set(), set(), refusing()
    world.run(crm)
    assert world.plan().changes == []
    assert len(crm.records) == 8


def test_a_plan_is_cut_into_batches_of_one_operation() -> None:
    from sync.engine import batches

    changes = [
        Planned(
            Change(str(n), str(n), operation, None, "", {}),
            "",
            Row("", None, "", {}, {}).payload,
            None,
        )
        for n, operation in enumerate(["update", "upsert", "update", "update", "upsert"])
    ]
    cut = list(batches(changes, Crm().capabilities))  # type: ignore[arg-type]
    assert [[planned.change.operation for planned in batch] for batch in cut] == [
        ["update", "update"],
        ["update"],
        ["upsert", "upsert"],
    ]
