"""Contacts put on an ActiveCampaign list: nobody who left it, and nobody is taken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stand_ins import StandIn, activecampaign_member, change, standing_in

from sync.changes import Change
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.errors import AccessRefused, ConfigError

NAME = "activecampaign list"


@pytest.fixture
def members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in(NAME, tmp_path, monkeypatch) as opened:
        yield opened


def of(members: StandIn, list_: str) -> Any:
    settings = DESTINATIONS["activecampaign"].sandboxed(members.sandbox.url)
    return DESTINATIONS["activecampaign"].connect(settings, Target("list_members", {"list": list_}))


def add(number: int, record_id: str | None = "same") -> Change:
    one = change(NAME, number)
    return one if record_id == "same" else replace(one, record_id=record_id)


def stands(members: StandIn, number: int, status: int) -> None:
    """Have a contact with a status on the list."""
    store = members.sandbox._store
    with store.transaction():
        body = {"email": f"person{number}@example.com", "list 2": status}
        store.keep("activecampaign", "contacts", str(number), body)


@pytest.mark.parametrize("status", [0, 2, 3])
def test_who_left_bounced_or_never_confirmed_is_not_subscribed(
    members: StandIn, status: int
) -> None:
    stands(members, 1, status)
    outcomes = members.destination.push([add(1), add(2)])
    assert [one.error_code for one in outcomes] == ["RE_SUBSCRIBE", None]
    assert activecampaign_member(members, 1) is None
    assert len(members.writes()) == 1


def test_who_is_on_the_list_already_needs_no_call(members: StandIn) -> None:
    stands(members, 1, 1)
    (outcome,) = members.destination.push([add(1)])
    assert outcome.status == "accepted"
    assert members.writes() == []


def test_a_contact_is_found_by_id_or_address_and_never_made(members: StandIn) -> None:
    outcomes = members.destination.push([add(1, None), add(901, None), add(902)])
    assert [one.error_code for one in outcomes] == [None] + ["CONTACT_NOT_FOUND"] * 2
    assert outcomes[0].destination_id == "1"


def test_an_answer_without_the_subscription_leaves_the_row_pending(members: StandIn) -> None:
    members.fault("empty_results", path="/contactLists")
    (outcome,) = members.destination.push([add(1)])
    assert outcome.status == "pending"


@pytest.mark.parametrize("operation", ["remove", "erase"])
def test_nobody_is_taken_off(members: StandIn, operation: Any) -> None:
    stands(members, 1, 1)
    with pytest.raises(ConfigError):
        members.destination.push([replace(add(1), operation=operation)])
    assert DESTINATIONS["activecampaign"].objects["list_members"].capabilities.removal is None
    assert activecampaign_member(members, 1)


def test_a_list_is_found_by_number_and_by_name(
    members: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with of(members, " 2 ") as connection:
        assert connection.destination.push([add(3)])[0].status == "accepted"
    assert activecampaign_member(members, 3)
    with of(members, "Cold") as connection:
        assert [one.ok for one in connection.destination.check()] == [True, False]
        assert connection.destination.apply_setup(())[0].action == "conflict"
        with pytest.raises(AccessRefused, match=r"Cold.*settings\.list"):
            connection.destination.push([add(1)])
