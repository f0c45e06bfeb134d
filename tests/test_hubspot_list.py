"""Members of a HubSpot list against the sandbox: added, removed, looked up, and never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from stand_ins import CASES, StandIn, change, held, hubspot_member, standing_in

from sync.answers import Answer
from sync.changes import Change
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.hubspot_list import HubSpotListMembers
from sync.errors import AccessRefused, Ambiguous, BatchRefused, DestinationError
from sync.http import HttpClient

NAME = "hubspot list"


@pytest.fixture
def members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in(NAME, tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(CASES[NAME].fields)
        yield opened


@pytest.fixture(autouse=True)
def own_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def of(members: StandIn, list_: str, object_: str = "list_members") -> Any:
    """Open another list of the same account, or its contacts."""
    settings = {"HUBSPOT_TOKEN": members.sandbox.token, "HUBSPOT_BASE_URL": members.sandbox.url}
    return DESTINATIONS["hubspot"].connect(settings, Target(object_, {"list": list_}))


def add(number: int, record_id: str | None = "same") -> Change:
    one = change(NAME, number, "create")
    return one if record_id == "same" else replace(one, record_id=record_id)


def statuses(members: StandIn, *changes: Change) -> list[str]:
    return [outcome.status for outcome in members.destination.push(changes)]


def writes(members: StandIn) -> list[tuple[str, int]]:
    return [(call["method"], call["rows"]) for call in members.writes()]


def test_members_come_and_go_in_one_call(members: StandIn) -> None:
    statuses(members, add(1), add(2))
    assert statuses(members, add(3), change(NAME, 1, "remove")) == ["accepted"] * 2
    assert [bool(hubspot_member(members, number)) for number in (1, 2, 3)] == [False, True, True]
    assert writes(members) == [("PUT", 2), ("PUT", 2)]


def test_five_hundred_members_are_one_call(members: StandIn) -> None:
    rows = [replace(add(1), token=f"t{number}") for number in range(500)]
    assert statuses(members, *rows) == ["accepted"] * 500
    assert writes(members) == [("PUT", 1)]


def test_who_is_on_the_list_already_is_accepted_again(members: StandIn) -> None:
    assert statuses(members, add(1)) == statuses(members, add(1)) == ["accepted"]


def test_a_contact_that_is_gone_is_rejected_and_as_good_as_removed(members: StandIn) -> None:
    gone = replace(change(NAME, 999, "remove"), record_id="999")
    outcomes = members.destination.push([add(1), add(999), replace(gone, token="r")])
    assert [outcome.status for outcome in outcomes] == ["accepted", "rejected", "accepted"]
    assert outcomes[1].error_code == "OBJECT_NOT_FOUND"


def test_without_a_record_id_the_contact_is_found_by_the_unique_property(members: StandIn) -> None:
    with of(members, "", "contacts") as contacts:
        contacts.destination.apply_setup(())
        new = Change("t", "k", "upsert", None, "c1", {"email": "new@example.com"})
        (made,) = contacts.destination.push([new])
    rows = [add(1, None), replace(add(2, None), unique_key="nobody"), add(3)]
    outcomes = members.destination.push(rows)
    assert [outcome.status for outcome in outcomes] == ["accepted", "rejected", "accepted"]
    assert outcomes[0].destination_id == made.destination_id
    removal = replace(change(NAME, 1, "remove"), record_id=None)
    assert statuses(members, removal) == ["accepted"]
    assert len(held(members, "hubspot", "list_member")) == 1


def test_a_list_is_found_by_id_and_by_name_in_any_case(members: StandIn) -> None:
    for list_ in ("1", "HOT leads", "Hot leads "):
        with of(members, list_) as connection:
            assert all(finding.ok for finding in connection.destination.check())
            assert connection.destination.push([add(4)])[0].status == "accepted"
    assert {one["list"] for one in held(members, "hubspot", "list_member").values()} == {"1"}


@pytest.mark.parametrize("list_", ["Cold / leads?", "77"])
def test_a_list_that_is_not_there_stops_with_the_next_step(members: StandIn, list_: str) -> None:
    with of(members, list_) as connection:
        with pytest.raises(AccessRefused, match="decile setup hubspot"):
            connection.destination.push([add(1)])
        assert [finding.ok for finding in connection.destination.check()] == [True, False]
        action = connection.destination.apply_setup(())[0].action
        assert action == ("conflict" if list_.isdigit() else "create")
        found = "conflict" if list_.isdigit() else "exists"
        assert connection.destination.plan_setup(())[0].action == found


def test_a_list_that_a_filter_fills_is_never_written_to(members: StandIn) -> None:
    url = f"{members.sandbox.url}/crm/lists/2026-09"
    body = {"name": "Filtered", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Authorization": f"Bearer {members.sandbox.token}"}
        prepared = requests.Request("POST", url, json=body, headers=headers).prepare()
        requests.adapters.HTTPAdapter().send(prepared, timeout=5).raise_for_status()
    with of(members, "Filtered") as connection:
        (step,) = connection.destination.plan_setup(())
        assert (step.action, "filter" in step.detail) == ("conflict", True)
        with pytest.raises(AccessRefused, match="filter"):
            connection.destination.push([add(1)])


def test_a_list_that_was_deleted_in_the_middle_stops(members: StandIn) -> None:
    statuses(members, add(1))
    members.fault("status", status=404, path="add-and-remove", times=None)
    with pytest.raises(DestinationError) as caught:
        members.destination.push([add(2)])
    assert not isinstance(caught.value, BatchRefused)


class Canned:
    """Stands in for the HTTP client with one answer to the write."""

    def __init__(self, answer: Mapping[str, object]) -> None:
        self._answer = answer

    def send(self, method: str, path: str, **_: object) -> Answer:
        list_ = {"listId": "1", "objectTypeId": "0-1", "processingType": "MANUAL"}
        return Answer(
            "H", method, path, 200, {}, self._answer if method == "PUT" else {"list": list_}
        )


@pytest.mark.parametrize("body", [{}, {"results": []}, {"recordIdsMissing": "1"}])
def test_an_answer_without_a_word_of_members_is_no_success(body: dict[str, object]) -> None:
    with pytest.raises(Ambiguous):
        HubSpotListMembers(cast("HttpClient", Canned(body)), "Hot").push([add(1)])


@pytest.mark.parametrize("added", ["recordsIdsAdded", "recordIdsAdded"])
def test_both_spellings_of_the_answer_are_read(added: str) -> None:
    answer = {added: ["1"], "recordIdsRemoved": [], "recordIdsMissing": [2]}
    outcomes = HubSpotListMembers(cast("HttpClient", Canned(answer)), "Hot").push([add(1), add(2)])
    assert [outcome.status for outcome in outcomes] == ["accepted", "rejected"]
