"""Members of a Brevo list: what Brevo calls a failure is looked at, not believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stand_ins import StandIn, brevo_member, change, standing_in

from sync.changes import Change
from sync.destinations import DESTINATIONS
from sync.destinations.brevo_list import MAX_BATCH
from sync.destinations.connection import Target
from sync.destinations.named_list import NamedList
from sync.errors import AccessRefused, Ambiguous, DestinationError

NAME = "brevo list"


@pytest.fixture
def members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in(NAME, tmp_path, monkeypatch, people=MAX_BATCH) as opened:
        yield opened


def of(members: StandIn, list_: str) -> Any:
    settings = DESTINATIONS["brevo"].sandboxed(members.sandbox.url)
    return DESTINATIONS["brevo"].connect(settings, Target("list_members", {"list": list_}))


def add(number: int, record_id: str | None = "same") -> Change:
    one = change(NAME, number, "create")
    return one if record_id == "same" else replace(one, record_id=record_id)


def off(number: int) -> Change:
    return change(NAME, number, "remove")


def statuses(members: StandIn, *changes: Change) -> list[str]:
    return [outcome.status for outcome in members.destination.push(changes)]


def moves(members: StandIn) -> list[tuple[str, int]]:
    return [(call["path"].rpartition("/")[2], call["rows"]) for call in members.writes()]


def on(members: StandIn, *numbers: int) -> list[bool]:
    return [bool(brevo_member(members, number)) for number in numbers]


def test_a_hundred_and_fifty_are_one_call(members: StandIn) -> None:
    rows = [add(number) for number in range(1, MAX_BATCH + 1)]
    assert statuses(members, *rows) == ["accepted"] * MAX_BATCH
    assert moves(members) == [("add", MAX_BATCH)]


def test_additions_and_removals_by_id_and_by_address_are_a_call_each(members: StandIn) -> None:
    statuses(members, add(1))
    by_address = replace(off(5), record_id=None)
    assert statuses(members, off(1), by_address, add(2), add(3, None)) == ["accepted"] * 4
    assert moves(members)[1:] == [("add", 2), ("remove", 1), ("remove", 1)]
    assert on(members, 1, 2, 3) == [False, True, True]


def test_who_was_found_by_the_address_is_known_by_number(members: StandIn) -> None:
    outcomes = members.destination.push(
        [add(3, None), replace(add(901), unique_key=add(4).unique_key)]
    )
    assert [one.destination_id for one in outcomes] == ["3", "4"]


def test_who_is_where_they_should_be_is_accepted_and_who_is_nowhere_is_not(
    members: StandIn,
) -> None:
    statuses(members, add(1))
    outcomes = members.destination.push([add(1), add(2), add(901), add(902, None)])
    codes = [one.error_code for one in outcomes]
    assert codes == [None, None, "CONTACT_NOT_FOUND", "CONTACT_NOT_FOUND"]
    assert statuses(members, off(3), off(901)) == ["accepted"] * 2
    assert on(members, 1, 2, 3) == [True, True, False]


def stands(members: StandIn, number: int, **lists: object) -> None:
    """Have a contact who stands so to lists."""
    store = members.sandbox._store
    with store.transaction():
        body = {"email": f"person{number}@example.com", "listIds": [], **lists}
        store.keep("brevo", "contacts", str(number), body)


def test_who_left_the_list_is_not_put_on_it_again(members: StandIn) -> None:
    stands(members, 1, listUnsubscribed=[7])
    stands(members, 2, listUnsubscribed=[12])
    outcomes = members.destination.push([add(1), add(2), add(3)])
    assert [one.error_code for one in outcomes] == ["UNSUBSCRIBED", None, None]
    assert (on(members, 1, 2, 3), moves(members)) == ([False, True, True], [("add", 2)])
    assert statuses(members, off(1)) == ["accepted"]


@pytest.mark.parametrize("told", [None, "nothing", {"7": True}])
def test_whose_lists_are_not_told_has_left_none_or_is_not_moved(
    members: StandIn, told: object
) -> None:
    stands(members, 1, listUnsubscribed=told)
    expected = "accepted" if told is None else "pending"
    assert statuses(members, add(1), add(2)) == [expected, "accepted"]
    assert on(members, 1, 2) == [told is None, True]


def test_rows_that_are_refused_along_with_others_are_sent_alone(members: StandIn) -> None:
    members.fault("row_error", record_id="2", times=None)
    outcomes = members.destination.push([add(1), add(2), add(3)])
    assert [one.error_code for one in outcomes] == [None, "INVALID_PARAMETER", None]
    assert on(members, 1, 2, 3) == [True, False, True]
    assert "person" not in str(outcomes)


def test_rows_without_an_address_or_with_that_of_another_row_are_not_sent(
    members: StandIn,
) -> None:
    nameless = replace(add(5, None), unique_key="", token="n")
    outcomes = members.destination.push([add(4, None), nameless, replace(add(4, None), token="t")])
    assert [one.error_code for one in outcomes] == [None, "NO_ADDRESS", "DUPLICATE_ADDRESS"]


def test_an_answer_without_a_word_of_contacts_is_no_success(members: StandIn) -> None:
    members.fault("empty_results", times=None)
    with pytest.raises(Ambiguous):
        members.destination.push([add(1)])


def test_a_404_that_names_no_contact_is_an_error(members: StandIn) -> None:
    statuses(members, add(1))
    members.fault("status", status=404, times=None, path="/contacts/1")
    with pytest.raises(DestinationError, match="BREVO_BASE_URL"):
        members.destination.push([add(1)])


def test_a_list_is_found_by_number_and_by_name(
    members: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with of(members, "7") as connection:
        assert connection.destination.push([add(6)])[0].status == "accepted"
    assert on(members, 6) == [True]
    for wanted in ("Cold", "77"):
        with of(members, wanted) as connection:
            assert [one.ok for one in connection.destination.check()] == [True, False]
            assert connection.destination.apply_setup(())[0].action == "conflict"
            with pytest.raises(AccessRefused, match=r"settings\.list"):
                connection.destination.push([add(1)])


class Lists:
    """Stands in for the HTTP client with many lists, of which two have one name."""

    def get(self, _path: str, *, query: dict[str, str]) -> dict[str, object]:
        lists = [{"id": number, "name": f"L{number % 69}"} for number in range(70)]
        start = int(query["offset"])
        return {"lists": lists[start : start + int(query["limit"])]}


@pytest.mark.parametrize("page", [7, 10, 50, 100])
def test_every_page_of_lists_is_read_and_a_name_of_two_is_none(page: int) -> None:
    def named(wanted: str) -> NamedList:
        return NamedList(Lists(), "Brevo", "/lists", wanted, page=page)

    assert named("L68").number() == 68
    assert named("69").number() == 69
    with pytest.raises(AccessRefused, match="several"):
        named("L0").number()
