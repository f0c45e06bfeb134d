"""Whole syncs to the tools that know people by their address: made once, followed, let go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_project import Person, person
from stand_ins import CASES
from whole_sync import Project, World, open_project, open_world

FAULTS: list[dict[str, object]] = [
    {"kind": "cut"},
    {"kind": "applied_then_502"},
    {"kind": "status", "status": 429, "retry_after": 1},
    {"kind": "status", "status": 503, "times": 20},
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with open_project(tmp_path_factory.mktemp("project")) as opened:
        yield opened


@pytest.fixture(params=["activecampaign", "brevo", "mailchimp", "marketo"])
def world(
    request: pytest.FixtureRequest,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    sync = {
        "mode": "mirror",
        "record_id": None,
        "unique_key": "email",
        "contact": "sync_key",
        "fields": {"lead_score": "SCORE", "band": "BAND"},
        "create_fields": {},
        "settings": dict(CASES[request.param].settings),
    }
    with open_world(request.param, project, tmp_path, monkeypatch, **sync) as opened:
        yield opened


def stored(world: World) -> dict[str, Any]:
    """Give score and band of everybody who was written to, by address."""
    held = world.there.get(f"held?service={world.name}")
    kinds = ("members", "contacts", "leads")
    rows = [row for kind in kinds for row in held.get(kind, {}).values()]
    return {
        row.get("email") or row["email_address"]: (
            row.get("SCORE") or None,
            row.get("BAND") or None,
        )
        for row in rows
    }


def as_stored(world: World, *people: Person) -> dict[str, Any]:
    scores = {"activecampaign": str}.get(world.name, int)
    return {str(row[3]): (row[4] and scores(row[4]), row[5]) for row in people}


def test_people_are_made_once_then_followed_and_let_go(world: World) -> None:
    first = [person("a"), person("b"), person("c")]
    world.people(*first)
    assert world.run().outcomes["accepted"] == 3
    assert stored(world) == as_stored(world, *first)
    assert world.plan().to_send == 0

    now = [person("a", score=99, band="hot"), person("b")]
    world.people(*now)
    result = world.run()
    assert result.plan.operations == {"update": 1, "remove": 1}
    assert result.status == "succeeded"
    assert stored(world) == as_stored(world, *now) | {"c@example.com": (None, None)}


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
    assert stored(world) == as_stored(world, *everybody)
