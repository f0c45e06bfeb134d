"""Whole syncs to CRMs: people are made once, followed, and let go, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_project import Person, person
from stand_ins import pipedrive_person
from whole_sync import Project, World, open_project, open_world

FAULTS: list[dict[str, object]] = [
    {"kind": "cut"},
    {"kind": "applied_then_502"},
    {"kind": "status", "status": 429, "retry_after": 1},
    {"kind": "status", "status": 401},
    {"kind": "status", "status": 503, "times": 20},
]
BORN = {"salesforce leads": {"email": "LastName", "sync_key": "Company"}}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with open_project(tmp_path_factory.mktemp("project")) as opened:
        yield opened


@pytest.fixture(params=["pipedrive", "salesforce leads"])
def world(
    request: pytest.FixtureRequest,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    end = "__c" if request.param in BORN else ""
    sync = {
        "mode": "mirror",
        "record_id": None,
        "unique_key": "email",
        "contact": "sync_key",
        "fields": {"lead_score": f"SCORE{end}", "band": f"BAND{end}"},
        "create_fields": BORN.get(request.param, {}),
        "settings": {},
    }
    with open_world(request.param, project, tmp_path, monkeypatch, **sync) as opened:
        yield opened


def stored(world: World) -> dict[str, Any]:
    """Give score and band of everybody who was made, by address; twice the same is a failure."""
    held = world.there.get(f"held?service={world.name.split()[0]}")
    found: list[tuple[str, Any, Any]] = [
        (row["Decile_Key__c"], row["SCORE__c"], row["BAND__c"])
        for row in held.get("Lead", {}).values()
    ]
    for row in held.get("person", {}).values():
        fields = pipedrive_person(world.there, row["id"]) or {}
        found.append((row["emails"][0]["value"], fields["SCORE"], fields["BAND"]))
    assert len({address for address, *_ in found}) == len(found)
    return {address: tuple(values) for address, *values in found}


def as_stored(*people: Person) -> dict[str, Any]:
    return {str(row[3]): (row[4] and int(row[4]), row[5]) for row in people}


def test_people_are_made_once_then_followed_and_let_go(world: World) -> None:
    first = [person("a"), person("b"), person("c")]
    world.people(*first)
    assert world.run().outcomes["accepted"] == 3
    assert stored(world) == as_stored(*first)
    assert world.plan().to_send == 0

    now = [person("a", score=99, band="hot"), person("b")]
    world.people(*now)
    result = world.run()
    assert result.plan.operations == {"update": 1, "remove": 1}
    assert result.status == "succeeded"
    assert stored(world) == as_stored(*now) | {"c@example.com": (None, None)}


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(map(str, fault.values())))
def test_whatever_happens_on_the_way_everybody_is_there_once(
    world: World, fault: dict[str, object]
) -> None:
    everybody = [person(name) for name in "abcde"]
    world.people(*everybody)
    world.there.fault(**{"after": 2, **fault})
    world.run()
    world.there.no_faults()
    world.run()
    assert world.failed() == {}
    assert stored(world) == as_stored(*everybody)
