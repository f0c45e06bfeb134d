"""Each mode, from the model to the destination: what is sent, and what becomes of a lost row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_project import person
from stand_ins import CASES
from whole_sync import WHOLE, Project, World, newcomers, open_project, open_world, people

NOTHING = (None, None)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with open_project(tmp_path_factory.mktemp("project")) as opened:
        yield opened


@pytest.fixture
def world(
    name: str, mode: str, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    with open_world(name, project, tmp_path, monkeypatch, mode=mode) as opened:
        yield opened


def everywhere(mode: str) -> pytest.MarkDecorator:
    able = [name for name in WHOLE if mode in CASES[name].capabilities.modes]
    return pytest.mark.parametrize(("name", "mode"), [(name, mode) for name in able])


@everywhere("update")
def test_update_writes_what_is_known_and_skips_the_rest(world: World) -> None:
    world.people(*people(3), *newcomers(2))
    result = world.run()
    assert (result.sent, result.plan.skipped.total(), result.status) == (3, 2, "succeeded")
    assert world.held("n1") == NOTHING
    world.people(*people(2))
    assert world.run().sent == 0
    assert world.held("3") == ("50", "warm")


@everywhere("upsert")
def test_upsert_creates_what_is_missing_and_leaves_what_left(world: World) -> None:
    world.people(*people(2), *newcomers(2))
    assert world.run().outcomes == {"accepted": 4}
    world.settled(*people(2), *newcomers(2))
    world.people(*people(2), person("n1", score=51))
    assert world.run().plan.operations == {"update": 1}
    assert world.held("n1") == ("51", "warm")
    assert world.held("n2") == ("50", "warm")


@everywhere("create")
def test_create_makes_what_is_missing_and_never_touches_it_again(world: World) -> None:
    world.people(*people(2), *newcomers(2))
    assert world.run().plan.operations == {"create": 2}
    assert world.held("1") == NOTHING
    world.people(*people(2), person("n1", score=99), person("n2"))
    assert world.run().sent == 0
    assert world.held("n1") == ("50", "warm")


@everywhere("mirror")
def test_mirror_removes_what_left_and_nothing_that_it_did_not_send(world: World) -> None:
    world.people(*people(5), *newcomers(5))
    world.run()
    world.people(*people(4), *newcomers(4))
    result = world.run()
    assert (result.plan.operations, result.status) == ({"remove": 2}, "succeeded")
    assert [world.held(key) for key in ("5", "n5")] == [NOTHING, NOTHING]
    world.settled(*people(4), *newcomers(4))

    world.people(*people(5), *newcomers(5))
    assert world.run().sent == 2
    world.settled(*people(5), *newcomers(5))


@everywhere("mirror")
def test_a_removal_that_failed_is_tried_again(world: World) -> None:
    world.people(*people(6))
    world.run()
    world.people(*people(5))
    world.there.fault("row_error", record_id="6")
    assert world.run().outcomes == {"rejected": 1}
    assert world.held("6") == ("50", "warm")
    assert world.run().outcomes == {"accepted": 1}
    assert world.held("6") == NOTHING
    world.settled(*people(5))


@everywhere("audience")
def test_an_audience_adds_and_removes_members(world: World) -> None:
    world.people(*newcomers(5))
    assert world.run().plan.operations == {"create": 5}
    world.settled(*newcomers(5))
    world.people(*newcomers(4))
    assert world.run().plan.operations == {"remove": 1}
    assert world.held("n5") == NOTHING
    world.settled(*newcomers(4))


@everywhere("append")
def test_what_was_appended_is_never_sent_again(world: World) -> None:
    world.people(*newcomers(3))
    world.there.fault("row_error", unique_value="n2")
    assert world.run().outcomes == {"accepted": 2, "rejected": 1}
    world.people(*[person(f"n{number}", score=99) for number in range(1, 4)])
    assert world.run().sent == 1
    assert [world.held(f"n{number}")[0] for number in range(1, 4)] == ["50", "99", "50"]
    assert world.run().sent == 0


@pytest.mark.parametrize(("name", "mode"), [("webhook", "upsert"), ("hubspot", "upsert")])
def test_a_plan_counts_the_calls_that_it_needs(world: World) -> None:
    world.people(*people(30))
    able = world.there.destination.capabilities
    assert world.plan().estimate(able)[0] == (1 if world.name == "hubspot" else 30)
    world.run()
    assert len(world.there.writes()) == (1 if world.name == "hubspot" else 30)
