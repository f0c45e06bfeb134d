"""Static lists of Marketo against the sandbox: who is put on, who is taken off, and by what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from stand_ins import CASES, StandIn, change, held, marketo_member, standing_in

from sync.changes import Change, Operation
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Connection, Target
from sync.destinations.marketo_answers import read_outcomes
from sync.destinations.marketo_list import ADDED, REMOVED
from sync.errors import AccessRefused

NAME = "marketo list"
SPEC = Path(__file__).parents[1].parent / "shared" / "specs" / "marketo" / "swagger-mapi.json"


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.chdir(tmp_path)
    with standing_in(NAME, tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(CASES[NAME].fields)
        yield opened


def row(number: int, operation: Operation = "create") -> Change:
    return change(NAME, number, operation)


def statuses(there: StandIn, *changes: Change) -> list[str]:
    return [outcome.status for outcome in there.destination.push(changes)]


def writes(there: StandIn) -> list[tuple[str, int]]:
    return [(call["method"], call["rows"]) for call in there.writes()]


def opened(there: StandIn, target: Target, **settings: str) -> AbstractContextManager[Connection]:
    settings = {"DECILE_SANDBOX_URL": there.sandbox.url, **settings}
    return DESTINATIONS["marketo"].connect(settings, target)


def test_leads_come_and_go_a_call_each(there: StandIn) -> None:
    statuses(there, row(1), row(2))
    assert statuses(there, row(3), row(1, "remove")) == ["accepted"] * 2
    assert [bool(marketo_member(there, number)) for number in (1, 2, 3)] == [False, True, True]
    assert writes(there) == [("POST", 2), ("POST", 1), ("DELETE", 1)]


def test_a_lead_that_is_gone_or_has_no_id_is_rejected(there: StandIn) -> None:
    gone = row(999)
    nameless, wrong = (replace(row(9), record_id=one, token=str(one)) for one in (None, "1,2"))
    outcomes = there.destination.push([row(1), gone, nameless, wrong])
    codes = [outcome.error_code for outcome in outcomes]
    assert codes == [None, "1004", "RECORD_ID", "RECORD_ID"]


def test_who_is_not_on_the_list_is_as_good_as_removed(there: StandIn) -> None:
    assert statuses(there, row(4, "remove"), row(999, "remove")) == ["accepted"] * 2


def test_a_status_of_the_other_direction_says_nothing() -> None:
    answer = {"result": [{"id": 1, "status": "notmemberof"}]}
    assert read_outcomes([row(1)], answer, done=ADDED)[0].status == "pending"
    assert read_outcomes([row(1, "remove")], answer, done=REMOVED)[0].status == "accepted"


def test_who_is_not_in_the_answer_is_pending(there: StandIn) -> None:
    there.fault("omit_row", record_id="2")
    assert statuses(there, row(1), row(2), row(3)) == ["accepted", "pending", "accepted"]


def test_a_list_is_named_by_its_id_as_well(there: StandIn) -> None:
    ((number, _),) = held(there, "marketo", "lists").items()
    with opened(there, Target("list_members", {"list": number})) as connection:
        assert connection.destination.push([row(5)])[0].status == "accepted"
    assert marketo_member(there, 5) == {"list": int(number), "lead": 5}


def test_a_list_that_is_not_there_stops_with_the_next_step(there: StandIn) -> None:
    with opened(there, Target("list_members", {"list": "77"})) as connection:
        assert [one.ok for one in connection.destination.check()] == [True, False]
        assert connection.destination.plan_setup([])[0].action == "conflict"
        with pytest.raises(AccessRefused, match=r"sync\.settings\.list"):
            connection.destination.push([row(1)])
    assert there.writes() == []


def test_of_two_lists_of_one_name_none_is_guessed(there: StandIn) -> None:
    store = there.sandbox._store
    with store.transaction():
        store.keep("marketo", "lists", "5", {"id": 5, "name": "Hot leads", "programName": "P"})
    with (
        opened(there, Target("list_members", {"list": "Hot leads"})) as connection,
        pytest.raises(AccessRefused, match="several"),
    ):
        connection.destination.push([row(1)])


@pytest.mark.parametrize(("settings", "name"), [({"partition": "EMEA"}, "EMEA"), ({}, "Other")])
def test_the_partition_of_the_exposure_goes_before_that_of_the_machine(
    there: StandIn, settings: dict[str, str], name: str
) -> None:
    new = replace(change("marketo", 901, "upsert", {}), record_id=None)
    target = Target("leads", settings)
    with opened(there, target, MARKETO_PARTITION="Other") as connection:
        (outcome,) = connection.destination.push([new])
    store = there.sandbox._store
    with store.transaction():
        kept = store.held("marketo", "_partitions", str(outcome.destination_id))
    assert kept == {"name": name}


@pytest.mark.skipif(not SPEC.exists(), reason="the vendor's own description is not here")
def test_requests_fit_the_description_of_the_vendor(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    kept: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def keeping(session: Any, request: requests.PreparedRequest, **more: Any) -> Any:
        kept.append(request)
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", keeping)
    statuses(there, row(1), row(2, "remove"))
    used = set()
    for request in kept:
        path = str(request.path_url).removeprefix("/marketo").partition("?")[0]
        parts = path.split("/")
        known = "/".join("{listId}" if part.isdigit() else part for part in parts)
        if "/lists" not in path:
            continue
        call = spec["paths"][known][str(request.method).lower()]
        names = [one["schema"]["$ref"] for one in call["parameters"] if one["in"] == "body"]
        if request.body:
            schema = spec["definitions"][names[0].rsplit("/", 1)[1]]
            body = json.loads(request.body)
            assert set(schema["required"]) <= set(body) <= set(schema["properties"])
        used.add((request.method, known))
    assert len(used) == 3
