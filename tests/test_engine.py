from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pytest
from small_project import person
from sync_world import Crm, World, a_world, open_people, people, raising, refusing

from sync.changes import Change
from sync.config import Sync
from sync.errors import (
    AccessRefused,
    Ambiguous,
    DestinationError,
    GuardError,
    QuotaExhausted,
    Retriable,
)
from sync.warehouse import Warehouse


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    with open_people(tmp_path_factory.mktemp("project")) as found:
        yield found


@pytest.fixture
def world(opened: tuple[Warehouse, Sync]) -> World:
    return a_world(opened)


def test_what_changed_is_sent_once(world: World) -> None:
    crm = Crm()
    world.people(*people(5))
    result = world.run(crm)
    assert (result.status, result.exit_code, result.outcomes["accepted"]) == ("succeeded", 0, 5)
    assert [len(batch) for batch in crm.batches] == [2, 2, 1]
    assert crm.records["r1"]["decile_lead_score"] == "50"
    assert world.run(crm).plan.to_send == 0

    world.people(*people(4), person("5", "r5", score=51))
    (planned,) = world.plan().changes()
    assert planned.differences == {"decile_lead_score": ("50", "51")}


def test_a_planned_run_sends_nothing_and_writes_nothing(world: World) -> None:
    world.people(*people(3))
    assert world.plan().to_send == 3
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
    (planned,) = world.plan().changes()
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
    assert world.plan().to_send == 2


def test_a_destination_that_is_down_is_not_asked_for_ever(world: World) -> None:
    crm = Crm(max_batch=1, before=raising(Retriable("CRM: 503."), times=99))
    world.people(*people(9))
    result = world.run(crm)
    assert (len(crm.batches), result.outcomes["pending"], result.exit_code) == (3, 3, 5)
    assert result.status == "stopped"
    assert world.plan().to_send == 9


@pytest.mark.parametrize("kind", [QuotaExhausted, AccessRefused, DestinationError])
def test_a_refusal_of_everything_stops_and_leaves_the_rest_as_it_was(
    world: World, kind: type[DestinationError]
) -> None:
    world.people(*people(6))
    result = world.run(Crm(before=raising(kind("CRM: no."), at=2)))
    assert (result.status, result.exit_code, result.sent) == ("stopped", 5, 4)
    assert world.states() == dict.fromkeys("12", "accepted") | dict.fromkeys("34", "pending")
    assert world.read("sync_runs")[-1]["error"] == "CRM: no."
    assert world.plan().to_send == 4


def test_a_stop_during_a_halving_keeps_the_halves_that_were_answered(world: World) -> None:
    calls = itertools.count(1)

    def before(changes: Sequence[Change]) -> None:
        refusing("4")(changes)
        if next(calls) == 2:
            raise QuotaExhausted("used up")

    world.people(*people(4))
    result = world.run(Crm(max_batch=4, before=before))
    assert result.status == "stopped"
    assert world.states() == dict.fromkeys("12", "accepted") | dict.fromkeys("34", "pending")


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
    assert world.states() == dict.fromkeys("1234", "accepted") | dict.fromkeys("56", "pending")
    assert [row["status"] for row in world.read("sync_runs")] == ["running"]
    assert world.plan().to_send == 5


def test_progress_counts_every_row_once(world: World) -> None:
    seen: list[int] = []
    world.people(*people(5))
    world.run(Crm(max_batch=4, before=refusing("2")), advance=seen.append)
    assert sum(seen) == 5


def test_unknown_people_are_skipped_by_an_update_only_sync(world: World) -> None:
    crm = Crm()
    world.people(person("1"), person("2", "r2"))
    result = world.run(crm)
    assert (result.plan.skipped.total(), list(crm.records)) == (1, ["r2"])


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
    assert one.plan().to_send == 0
    assert other.plan().to_send == 2


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
