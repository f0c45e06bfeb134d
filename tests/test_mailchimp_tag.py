"""A Mailchimp tag given to members and taken away, and nothing else of them changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from stand_ins import AUDIENCE, StandIn, change, held, mailchimp_id, mailchimp_tagged, standing_in

from sync.changes import Change
from sync.errors import AccessRefused

NAME = "mailchimp tag"


@pytest.fixture
def tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in(NAME, tmp_path, monkeypatch) as opened:
        yield opened


def add(number: int) -> Change:
    return change(NAME, number, "create")


def off(number: int) -> Change:
    return change(NAME, number, "remove")


def unnamed(one: Change) -> Change:
    return replace(one, record_id=None)


def statuses(tag: StandIn, *changes: Change) -> list[str]:
    return [outcome.status for outcome in tag.destination.push(changes)]


def test_a_tag_is_given_and_taken_away_by_a_call_each(tag: StandIn) -> None:
    assert statuses(tag, add(1), add(2)) == ["accepted"] * 2
    assert statuses(tag, off(1), add(3)) == ["accepted"] * 2
    assert [bool(mailchimp_tagged(tag, number)) for number in (1, 2, 3)] == [False, True, True]
    assert [call["rows"] for call in tag.writes()] == [1] * 4


def test_nothing_else_of_a_member_changes(tag: StandIn) -> None:
    place = f"{AUDIENCE}/{mailchimp_id(1)}"
    before = {"email_address": "person1@example.com", "status": "unsubscribed", "tags": ["Other"]}
    store = tag.sandbox._store
    with store.transaction():
        store.keep("mailchimp", "members", place, before)
    statuses(tag, add(1))
    expected = {**before, "tags": ["Hot lead", "Other"]}
    assert held(tag, "mailchimp", "members")[place] == expected
    statuses(tag, off(1))
    assert held(tag, "mailchimp", "members")[place] == before


def test_a_member_is_found_by_the_address_and_never_made(tag: StandIn) -> None:
    outcomes = tag.destination.push([unnamed(add(1)), unnamed(add(901)), unnamed(off(902))])
    assert [one.error_code for one in outcomes] == [None, "MEMBER_NOT_FOUND", None]
    assert outcomes[0].destination_id == mailchimp_id(1)
    assert len(held(tag, "mailchimp", "members")) == 1


def test_a_row_without_an_address_is_not_sent(tag: StandIn) -> None:
    (outcome,) = tag.destination.push([replace(unnamed(add(1)), unique_key="")])
    assert outcome.error_code == "NO_ADDRESS"
    assert tag.writes() == []


def test_a_refused_row_is_its_own(tag: StandIn) -> None:
    tag.fault("row_error", record_id=mailchimp_id(2), times=None)
    outcomes = tag.destination.push([add(1), add(2), add(3)])
    assert [one.error_code for one in outcomes] == [None, "INVALID_RESOURCE", None]


def test_an_audience_that_is_not_there_is_no_member_that_is_gone(tag: StandIn) -> None:
    tag.fault("status", status=404, times=None, path=f"/lists/{AUDIENCE}")
    for one in (add(1), off(1)):
        with pytest.raises(AccessRefused, match=r"settings\.audience"):
            tag.destination.push([one])


def test_another_answer_than_done_leaves_the_row_pending(tag: StandIn) -> None:
    tag.fault("empty_results")
    assert statuses(tag, add(1)) == ["pending"]
