"""Mailchimp audiences against the sandbox: who is added, who is updated, and who is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import (
    AUDIENCE,
    StandIn,
    mailchimp_id,
    mailchimp_member,
    mailchimp_shown,
    person,
    standing_in,
)

from sync.answers import Answer
from sync.changes import Change, Field, Operation
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.mailchimp_answers import classify
from sync.destinations.mailchimp_connect import Settings
from sync.errors import (
    AccessRefused,
    BatchRefused,
    ConfigError,
    DestinationError,
    Retriable,
)

FIELDS = (
    Field("score", "SCORE", "integer", "Lead score", "1 to 100."),
    Field("band", "BAND", "string", "Band", "Cold, warm or hot."),
)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("mailchimp", tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(FIELDS)
        yield opened


def known(number: int, operation: Operation = "update", **fields: str | None) -> Change:
    values = fields or {"SCORE": "7"}
    name = mailchimp_id(number)
    return Change(f"t{number}", f"k{number}", operation, name, person(number), values)


def new(number: int, address: str | None = None, **fields: str | None) -> Change:
    address = person(number) if address is None else address
    values = fields or {"SCORE": "7"}
    return Change(f"n{number}", f"k{number}", "upsert", None, address, values)


def statuses(outcomes: list[Any]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def calls(there: StandIn) -> list[tuple[str, int]]:
    return [(call["method"], call["rows"]) for call in there.writes()]


def member(there: StandIn, number: int, **changes: object) -> Any:
    if changes:  # as somebody who unsubscribes by a link, which is no call of ours
        place = f"{AUDIENCE}/{mailchimp_id(number)}"
        body = {"email_address": person(number), **changes}
        store = there.sandbox._store
        with store.transaction():
            store.keep("mailchimp", "members", place, body)
    return mailchimp_shown(there, number)


def test_unknown_members_are_added_in_one_call(there: StandIn) -> None:
    outcomes = there.destination.push([new(number) for number in range(100, 200)])
    assert statuses(outcomes) == ["accepted"] * 100
    assert outcomes[0].destination_id == mailchimp_id(100)
    assert calls(there) == [("POST", 100)]
    assert member(there, 100)["status"] == "transactional"


def test_known_members_are_updated_one_call_each(there: StandIn) -> None:
    there.destination.push([known(number, SCORE="0", BAND="hot") for number in (1, 2, 3)])
    assert calls(there) == [("PATCH", 1)] * 3
    assert mailchimp_member(there, 1) == {"FNAME": None, "LNAME": None, "SCORE": 0, "BAND": "hot"}


def test_who_exists_keeps_what_only_a_new_member_is_given(there: StandIn) -> None:
    there.destination.push([known(1, FNAME="Ada", SCORE="1")])
    born = {"FNAME": "Bob", "LNAME": None, "SCORE": "7"}
    rows = [replace(new(n, **born), only_new=frozenset({"FNAME", "LNAME"})) for n in (1, 901)]
    assert statuses(there.destination.push(rows)) == ["accepted"] * 2
    fields = [mailchimp_member(there, number) or {} for number in (1, 901)]
    assert [(one["FNAME"], one["SCORE"]) for one in fields] == [("Ada", 7), ("Bob", 7)]


@pytest.mark.parametrize("status", ["unsubscribed", "cleaned", "pending"])
def test_nobody_is_subscribed_again(there: StandIn, status: str) -> None:
    member(there, 1, status=status)
    outcomes = there.destination.push([new(1, SCORE="9"), new(901)])
    assert statuses(outcomes) == ["accepted", "accepted"]
    there.destination.push([known(1)])
    assert member(there, 1)["status"] == status
    assert member(there, 1)["merge_fields"]["SCORE"] == 7
    assert calls(there) == [("POST", 2), ("PATCH", 1), ("PATCH", 1)]


def test_a_refused_row_of_a_batch_leaves_the_others(there: StandIn) -> None:
    there.fault("row_error", record_id=mailchimp_id(102))
    outcomes = there.destination.push(
        [new(101), new(102), new(103, BAND="Lovelace " * 100), new(104)]
    )
    assert statuses(outcomes) == ["accepted", "rejected", "rejected", "accepted"]
    assert [one.error_code for one in outcomes[1:3]] == ["ERROR_GENERIC"] * 2
    assert outcomes[2].message == "Mailchimp refused the row for BAND."


def test_who_is_not_in_the_answer_is_pending_and_order_says_nothing(there: StandIn) -> None:
    there.fault("omit_row", record_id=mailchimp_id(102))
    there.fault("shuffle")
    outcomes = there.destination.push([new(number) for number in (101, 102, 103)])
    assert [one.token for one in outcomes] == ["n101", "n102", "n103"]
    assert statuses(outcomes) == ["accepted", "pending", "accepted"]
    assert outcomes[0].destination_id == mailchimp_id(101)


def test_rows_without_an_address_or_with_that_of_another_row_are_not_sent(there: StandIn) -> None:
    changes = [new(101, "  New@Example.com "), new(102, "new@example.com"), new(103, ""),
               new(104, "nobody")]  # fmt: skip
    outcomes = there.destination.push(changes)
    codes = [one.error_code for one in outcomes]
    assert codes == [None, "DUPLICATE_ADDRESS", "NO_ADDRESS", "NO_ADDRESS"]
    assert calls(there) == [("POST", 1)]
    assert all("example" not in str(one.message) for one in outcomes)


def test_a_new_address_is_written_to_the_member_and_gives_its_new_id(there: StandIn) -> None:
    change = known(1, email_address="Other@Example.com", SCORE="8")
    (outcome,) = there.destination.push([change])
    assert outcome.destination_id != mailchimp_id(1)
    assert mailchimp_member(there, 1) is None
    (outcome,) = there.destination.push([known(2, email_address=person(3))])
    assert (outcome.status, outcome.error_code) == ("rejected", "MEMBER_EXISTS")
    assert person(3) not in str(outcome.message)


def test_who_was_erased_is_not_found_and_cannot_come_back(there: StandIn) -> None:
    by_address = replace(known(1, "erase"), record_id=None, fields={})
    assert statuses(there.destination.push([by_address])) == ["accepted"]
    outcomes = there.destination.push([known(1), new(1)])
    assert [one.error_code for one in outcomes] == ["MEMBER_NOT_FOUND", "ERROR_GENERIC"]
    assert statuses(there.destination.push([known(1, "remove", SCORE=None)])) == ["accepted"]


def test_a_merge_field_that_is_missing_stops_with_the_next_step(there: StandIn) -> None:
    with pytest.raises(AccessRefused, match=r"OTHER.*decile setup mailchimp"):
        there.destination.push([known(1, SCORE="1", OTHER="x")])
    assert there.writes() == []
    removal = known(1, "remove", SCORE=None, OTHER=None)
    assert statuses(there.destination.push([removal])) == ["accepted"]


def test_three_rows_without_an_answer_leave_the_rest_pending(there: StandIn) -> None:
    there.fault("status", status=503, after=1, times=None, path="/members/")
    outcomes = there.destination.push([known(number) for number in range(1, 11)])
    assert statuses(outcomes) == ["accepted"] + ["pending"] * 9


def answer(status: int, body: Mapping[str, object] | None) -> Answer:
    return Answer("Mailchimp", "PATCH", "the audience", status, {}, body)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, {"title": "Member In Compliance State"}, BatchRefused, "MEMBER_IN_COMPLIANCE_STATE"),
        (400, {"title": "Invalid Resource"}, BatchRefused, "INVALID_RESOURCE"),
        (400, {"title": "ada@example.com"}, BatchRefused, "400"),
        (422, None, BatchRefused, "422"),
        (401, {}, AccessRefused, None),
        (403, {"title": "User Disabled"}, AccessRefused, None),
        (403, None, Retriable, None),
        (404, {}, AccessRefused, None),
        (429, {}, type(None), None),
        (500, {}, type(None), None),
    ],
)
def test_a_status_means(
    status: int, body: Any, kind: type[DestinationError], code: str | None
) -> None:
    found = classify(answer(status, body))
    assert type(found) is kind
    assert getattr(found, "code", None) == code


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_of_the_vendor_gets_into_an_error(title: str, field: str) -> None:
    errors = [{"field": f"{field}@x.com", "message": f"<{title}>"}]
    body = {"title": f"<{title}>", "detail": f"<{title}>", "errors": errors}
    found = str(classify(answer(400, body)))
    assert found == "Mailchimp answered 400 to PATCH the audience, 400."


def test_no_message_shows_whom_a_call_was_about(there: StandIn) -> None:
    there.fault("status", status=500, times=None, path="/members/")
    with pytest.raises(DestinationError) as caught:
        there.destination.push([known(1)])
    assert mailchimp_id(1) not in str(caught.value)


def test_the_setup_makes_what_is_missing_and_names_what_does_not_fit(there: StandIn) -> None:
    fields = (
        *FIELDS,
        Field("scored_on", "SCORED_ON", "date", "Scored on", ""),
        Field("address", "email_address", "string", "Address", ""),
        Field("when", "SCORE", "date", "When", ""),
        Field("long", "MUCH_TOO_LONG", "string", "Long", ""),
    )
    steps = there.destination.apply_setup(fields)
    actions = [step.action for step in steps]
    assert actions == ["exists", "exists", "create", "exists", "conflict", "conflict"]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"API_KEY": "abc"}, "data centre"),
        ({"API_KEY": "é-us21"}, "character"),
        ({"API_KEY": "abc-us21", "CALLS_PER_SECOND": "0"}, "CALLS_PER_SECOND"),
        ({"API_KEY": "abc-us21", "ACCOUNT": "sandbox"}, "sandbox is taken"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(settings: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        Settings.read({f"MAILCHIMP_{name}": value for name, value in settings.items()})


def test_the_key_says_which_data_centre() -> None:
    settings = Settings.read({"MAILCHIMP_API_KEY": "abc-us21"})
    assert settings.base_url == "https://us21.api.mailchimp.com/3.0"
    assert settings.account == "live"


def test_a_status_that_is_none_is_refused_before_anything_is_sent() -> None:
    target = Target("members", {"audience": AUDIENCE, "status": "cleaned"})
    settings = {"MAILCHIMP_API_KEY": "abc-us21"}
    connector = DESTINATIONS["mailchimp"]
    with pytest.raises(ConfigError, match="status"), connector.connect(settings, target):
        pass


def test_a_value_that_a_field_cannot_take_rejects_its_row_alone(there: StandIn) -> None:
    rows = [new(901, SCORE="Lovelace"), new(902), known(1, SCORE="1_0"), known(2)]
    outcomes = there.destination.push(rows)
    codes = [one.error_code for one in outcomes]
    assert codes == ["NOT_A_NUMBER", None, "NOT_A_NUMBER", None]
    assert outcomes[0].message == "SCORE: takes a number."


@pytest.mark.parametrize("known_by", ["unique key", "what was sent"])
def test_who_has_another_address_by_now_is_erased_there(there: StandIn, known_by: str) -> None:
    there.destination.push([known(1, email_address="other@example.com")])
    erasure = replace(known(1, "erase"), fields={})
    if known_by == "unique key":
        erasure = replace(erasure, unique_key=" Other@example.com")
    else:
        erasure = replace(erasure, previous={"email_address": "Other@example.com"})
    assert statuses(there.destination.push([erasure])) == ["accepted"]
    assert there.get("held?service=mailchimp").get("members", {}) == {}
