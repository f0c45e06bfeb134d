"""Whole syncs to a table and to a channel: each row is there once, or says that it came twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from small_project import person
from stand_ins import CASES, held
from whole_sync import Project, World, open_project, open_world

FAULTS: list[dict[str, object]] = [
    {"kind": "cut"},
    {"kind": "applied_then_502"},
    {"kind": "status", "status": 503, "times": 20},
]
FIELDS = {"email": "Address", "lead_score": "Score", "band": "Band"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with open_project(tmp_path_factory.mktemp("project")) as opened:
        yield opened


@pytest.fixture
def table(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with opened("google_sheets", "mirror", project, tmp_path, monkeypatch) as world:
        world.batches_of(3)
        yield world


@pytest.fixture
def channel(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with opened("slack", "append", project, tmp_path, monkeypatch) as world:
        world.batches_of(3)
        yield world


def opened(
    name: str, mode: str, project: Project, folder: Path, patch: pytest.MonkeyPatch
) -> AbstractContextManager[World]:
    settings = dict(CASES[name].settings)
    sync = {"mode": mode, "settings": settings, "fields": FIELDS, "create_fields": {}}
    return open_world(name, project, folder, patch, **sync)


def rows(world: World) -> list[list[object]]:
    header, *lines = held(world.there, "google_sheets", "tabs")["book/leads"]["values"]
    assert header == ["decile_key", "Address", "Score", "Band"]
    return lines


def posted(world: World) -> Counter[str]:
    """Count the rows that were shown, those of a message that came twice once."""
    messages = {
        message["blocks"][-1]["elements"][0]["text"]: [
            block["block_id"] for block in message["blocks"][1:-1]
        ]
        for message in held(world.there, "slack", "messages").values()
    }
    return Counter(name for names in messages.values() for name in names)


def test_a_table_follows_its_model(table: World) -> None:
    table.people(*[person(name) for name in "abcde"])
    assert table.run().outcomes == {"accepted": 5}
    assert rows(table) == [[name, f"{name}@example.com", 50, "warm"] for name in "abcde"]
    assert table.plan().to_send == 0
    table.people(person("a"), person("c", score=99, band=None), person("e"), person("f"))
    assert table.run().plan.operations == {"remove": 2, "update": 1, "upsert": 1}
    assert rows(table) == [
        ["a", "a@example.com", 50, "warm"],
        ["c", "c@example.com", 99, ""],
        ["e", "e@example.com", 50, "warm"],
        ["f", "f@example.com", 50, "warm"],
    ]


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(map(str, fault.values())))
def test_whatever_happens_on_the_way_a_table_is_right_in_the_end(
    table: World, fault: dict[str, object]
) -> None:
    table.people(*[person(name) for name in "abcde"])
    table.run()
    table.people(*[person(name, score=99) for name in "ace"], person("f", score=99))
    table.there.fault(**{"after": 2, **fault})
    table.run()
    table.there.no_faults()
    table.run()
    assert table.failed() == {}
    assert [row[0] for row in rows(table)] == list("acef")
    assert {row[2] for row in rows(table)} == {99}


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(map(str, fault.values())))
def test_whatever_happens_on_the_way_every_row_is_posted_and_never_new_twice(
    channel: World, fault: dict[str, object]
) -> None:
    channel.people(*[person(name) for name in "abcdefgh"])
    channel.there.fault(**{"after": 1, **fault})
    channel.run()
    channel.there.no_faults()
    channel.run()
    assert channel.failed() == {}
    assert posted(channel) == dict.fromkeys("abcdefgh", 1)
    assert channel.run().sent == 0
