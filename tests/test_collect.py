"""What a destination says later of what it took, and what the next run makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sync_world import Crm, World, a_world, open_people, people
from typer.testing import CliRunner

from sync import collect as collect_module
from sync.changes import Change, Collected, Collects, Outcome
from sync.collect import DAYS, REQUEST_FAILED, Found, collect
from sync.destinations import DESTINATIONS, hubspot
from sync.errors import AccessRefused


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_people(tmp_path_factory.mktemp("people"), in_memory=True) as found:
        yield found


@pytest.fixture
def world(opened: Any) -> World:
    return a_world(opened, mode="upsert")


@dataclass
class Platform(Crm):
    """Takes every call under an id, and says later what `later` has for it."""

    max_batch: int = 10
    later: dict[str, Collected] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        taken = super().push(changes)
        name = f"call {len(self.batches)}"
        return [
            replace(outcome, request_id=name, request_row=place)
            for place, outcome in enumerate(taken)
        ]

    def collect(self, request_id: str) -> Collected:
        self.asked.append(request_id)
        return self.later.get(request_id, Collected("processing"))


def ask(world: World, platform: Platform) -> list[Found]:
    return list(collect(world.sync, world.ledger, platform))


def test_a_call_is_asked_about_until_it_is_done(world: World) -> None:
    platform = Platform()
    world.people(*people(3))
    world.run(platform)
    assert [one.status for one in ask(world, platform)] == ["processing"]
    platform.later["call 1"] = Collected("done", 3, "41-50%")
    (found,) = ask(world, platform)
    assert (found.status, found.rows, found.match_rate, found.failed) == ("done", 3, "41-50%", 0)
    assert ask(world, platform) == []
    assert platform.asked == ["call 1", "call 1"]
    requests = world.read("sync_requests")
    assert [row["status"] for row in requests] == ["sent", "processing", "done"]
    assert {row["run_id"] for row in requests} == {world.read("sync_log")[0]["run_id"]}
    assert (requests[-1]["row_count"], requests[-1]["match_rate"]) == (3, "41-50%")


def test_rows_that_came_to_nothing_are_rejected_and_sent_again(world: World) -> None:
    platform = Platform()
    world.people(*people(3))
    world.run(platform)
    keys = platform.batches[0]
    platform.later["call 1"] = Collected("done", 3, None, {1: "INVALID_FORMAT"})
    assert [one.failed for one in ask(world, platform)] == [1]
    assert world.states() == {key: "rejected" if key == keys[1] else "accepted" for key in keys}
    (again,) = list(world.plan(platform).changes())
    assert again.change.key == keys[1]
    world.run(platform)
    assert set(world.states().values()) == {"accepted"}
    logged = [row for row in world.read("sync_log") if row["status"] == "rejected"]
    assert [(row["error_code"], row["request_id"]) for row in logged] == [
        ("INVALID_FORMAT", "call 1")
    ]


def test_the_log_keeps_to_the_key_that_its_model_promises(world: World) -> None:
    platform = Platform()
    world.people(*people(2))
    world.run(platform)
    platform.later["call 1"] = Collected("failed")
    ask(world, platform)
    file = Path(__file__).parents[1] / "models" / "operations" / "ledger_outcomes.yml"
    (model,) = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    key = model["data_tests"][0]["unique_combination"]["arguments"]["columns"]
    told = [tuple(row[name] for name in key) for row in world.read("sync_log")]
    assert len(told) == len(set(told)) == 4


def test_a_call_that_failed_as_a_whole_failed_for_each_row(world: World) -> None:
    platform = Platform()
    world.people(*people(2))
    world.run(platform)
    platform.later["call 1"] = Collected("failed")
    assert [one.failed for one in ask(world, platform)] == [2]
    codes = {row["error_code"] for row in world.read("sync_state_current")}
    assert codes == {REQUEST_FAILED}


def test_a_row_that_was_written_again_meanwhile_is_left_as_it_is(world: World) -> None:
    platform = Platform()
    world.people(*people(1))
    world.run(platform)
    world.people(*people(1, score=99))
    world.run(platform)
    platform.later["call 1"] = Collected("done", 1, None, {0: "INVALID_FORMAT"})
    assert sum(one.failed for one in ask(world, platform)) == 0
    assert set(world.states().values()) == {"accepted"}


def test_a_row_that_failed_later_can_still_be_removed_by_what_was_sent(world: World) -> None:
    platform = Platform()
    mirror = a_world((world.warehouse, world.sync), mode="mirror")
    mirror.people(*people(2))
    mirror.run(platform)
    platform.later["call 1"] = Collected("failed")
    ask(mirror, platform)
    mirror.people(people(2)[1])
    removals = [one for one in mirror.plan(platform).changes() if one.change.operation == "remove"]
    assert [one.change.key for one in removals] == ["1"]
    assert removals[0].change.previous


def test_a_removal_that_failed_later_is_repeated_by_what_was_sent(world: World) -> None:
    platform = Platform()
    mirror = a_world((world.warehouse, world.sync), mode="mirror")
    mirror.people(*people(2))
    mirror.run(platform)
    states = {row["row_key"]: row for row in mirror.read("sync_state_current")}
    sent = json.loads(states["1"]["payload"])
    assert sent
    mirror.people(people(2)[1])
    mirror.run(platform)
    assert platform.batches[-1] == ["1"]
    for call in range(2, 4):
        # The second time the last row of the key that has a payload is one of collect itself.
        platform.later[f"call {call}"] = Collected("failed")
        ask(mirror, platform)
        (again,) = mirror.plan(platform).changes()
        assert (again.change.operation, again.change.key) == ("remove", "1")
        assert again.change.previous == sent
        assert again.change.record_id == "r1"
        mirror.run(platform)
    platform.later["call 4"] = Collected("done")
    ask(mirror, platform)
    assert list(mirror.plan(platform).changes()) == []


def test_a_call_of_long_ago_is_unknown_and_said_to_be_so_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform()
    world.people(*people(2))
    world.run(platform)
    later = collect_module.utc_now() + timedelta(days=DAYS, minutes=1)
    monkeypatch.setattr(collect_module, "utc_now", lambda: later)
    assert [(one.status, one.rows, one.failed) for one in ask(world, platform)] == [
        ("unknown", 2, 0)
    ]
    assert ask(world, platform) == []
    assert platform.asked == []
    assert [row["status"] for row in world.read("sync_requests")] == ["sent", "unknown"]
    assert set(world.states().values()) == {"accepted"}


def test_a_call_that_nothing_is_said_of_keeps_no_other_from_being_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform(max_batch=1)
    world.people(*people(3))
    world.run(platform)
    answer = platform.collect

    def collected(request_id: str) -> Collected:
        if request_id == "call 2":
            raise AccessRefused("The platform answered 404.")
        return answer(request_id)

    monkeypatch.setattr(platform, "collect", collected)
    platform.later = {f"call {one}": Collected("done", 1) for one in (1, 3)}
    found = ask(world, platform)
    assert [(one.status, one.error) for one in found] == [
        ("done", None),
        ("unanswered", "The platform answered 404."),
        ("done", None),
    ]
    monkeypatch.undo()
    assert [one.request_id for one in ask(world, platform)] == ["call 2"]


def test_a_destination_that_answers_at_once_leaves_nothing_to_ask(world: World) -> None:
    world.people(*people(1))
    world.run(Crm())
    assert world.read("sync_requests") == []
    assert not isinstance(Crm(), Collects)


def test_the_command_asks_nobody_where_nothing_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from small_project import person, write_people, write_project

    from sync.cli import app

    monkeypatch.chdir(tmp_path)
    write_people(write_project(tmp_path), person("1", "r1"))
    for name in DESTINATIONS["hubspot"].needs:
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(app, ["collect"])
    assert result.exit_code == 0, result.output
    assert "No call waits" in result.output


@pytest.mark.parametrize(
    ("status", "code"), [("unanswered", 1), ("unknown", 1), ("processing", 0), ("done", 0)]
)
def test_the_command_ends_with_1_where_it_is_not_known_what_became_of_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, code: int
) -> None:
    from small_project import person, write_people, write_project

    from sync.cli import app

    monkeypatch.chdir(tmp_path)
    write_people(write_project(tmp_path), person("1", "r1"))
    for name in DESTINATIONS["hubspot"].needs:
        monkeypatch.delenv(name, raising=False)
    said = Found("people", "sandbox", "call 1", "2026-01-01 00:00:00", status, 1, None, 0, "No.")
    monkeypatch.setattr(collect_module, "collect", lambda *_told: [said])
    monkeypatch.setattr(hubspot.HubSpotContacts, "collect", Platform.collect, raising=False)
    result = CliRunner().invoke(app, ["collect"])
    assert result.exit_code == code, result.output
    assert status in result.output
