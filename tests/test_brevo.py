"""Brevo contacts against the sandbox: batches, rows alone, and what it drops without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import CASES, StandIn, brevo_contact, person, standing_in

from sync.answers import Answer
from sync.changes import Change, Field, FieldType, Operation
from sync.destinations import DESTINATIONS
from sync.destinations.addresses import native
from sync.destinations.brevo_answers import classify, holds
from sync.destinations.brevo_connect import Settings
from sync.destinations.connection import Target
from sync.errors import AccessRefused, BatchRefused, ConfigError, DestinationError, Retriable

FIELDS = (
    Field("score", "SCORE", "integer", "Lead score", "1 to 100."),
    Field("band", "BAND", "string", "Band", "Cold, warm or hot."),
    Field("is_hot", "IS_HOT", "boolean", "Is hot", "Band is hot."),
)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    patched = replace(CASES["brevo"], settings={"list": "12"})
    monkeypatch.setitem(CASES, "brevo", patched)
    with standing_in("brevo", tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(FIELDS)
        yield opened


def known(number: int, operation: Operation = "update", **fields: str | None) -> Change:
    values = fields or {"SCORE": "7"}
    return Change(f"t{number}", f"k{number}", operation, str(number), person(number), values)


def new(number: int, address: str | None = None, **fields: str | None) -> Change:
    address = person(number) if address is None else address
    values = fields or {"SCORE": "7"}
    return Change(f"n{number}", f"k{number}", "upsert", None, address, values)


def statuses(outcomes: list[Any]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def calls(there: StandIn) -> list[tuple[str, int]]:
    return [(call["method"], call["rows"]) for call in there.writes()]


def contact(there: StandIn, name: int | str) -> Any:
    return there.ask("GET", f"/brevo/v3/contacts/{quote(str(name))}", api_key=there.sandbox.token)


def test_known_contacts_are_updated_in_one_call_and_one_is_read_back(there: StandIn) -> None:
    for score in ("7", "8"):
        changes = [known(number, SCORE=score, IS_HOT="false") for number in range(1, 31)]
        assert statuses(there.destination.push(changes)) == ["accepted"] * 30
    assert calls(there) == [("POST", 30), ("POST", 30)]
    reads = [one for one in there.get("calls")["calls"] if one["path"].endswith("/contacts/1")]
    assert len(reads) == 1
    stored = brevo_contact(there, 30)
    assert stored is not None
    assert (stored["SCORE"], stored["IS_HOT"]) == (8, False)


def test_new_contacts_get_into_the_list_and_known_ones_stay_out_of_it(there: StandIn) -> None:
    there.destination.push([known(2)])
    outcomes = there.destination.push([new(901), new(1), new(2, SCORE="9")])
    assert statuses(outcomes) == ["accepted"] * 3
    assert contact(there, person(901))["listIds"] == [12]
    assert contact(there, 1)["listIds"] == []
    assert contact(there, 2)["attributes"]["SCORE"] == 9
    assert [one.destination_id for one in outcomes[1:]] == ["1", "2"]
    assert outcomes[0].destination_id == str(contact(there, person(901))["id"])


def test_who_exists_keeps_what_only_a_new_contact_is_given(there: StandIn) -> None:
    there.destination.push([known(1, FIRSTNAME="Ada", LASTNAME="Lovelace")])
    born = {"FIRSTNAME": "Bob", "LASTNAME": None, "SCORE": "7"}
    only_new = frozenset({"FIRSTNAME", "LASTNAME"})
    rows = [replace(new(n, **born), only_new=only_new) for n in (1, 901)]
    assert statuses(there.destination.push(rows)) == ["accepted"] * 2
    assert contact(there, 1)["attributes"] == {
        "FIRSTNAME": "Ada",
        "LASTNAME": "Lovelace",
        "SCORE": 7,
    }
    assert contact(there, person(901))["attributes"] == {"FIRSTNAME": "Bob", "SCORE": 7}


def test_a_batch_with_a_contact_that_is_gone_is_refused_and_alone_says_why(there: StandIn) -> None:
    there.destination.push([known(2, "erase")])
    with pytest.raises(BatchRefused):
        there.destination.push([known(1), known(2), known(3)])
    (outcome,) = there.destination.push([known(2)])
    assert (outcome.status, outcome.error_code) == ("rejected", "CONTACT_NOT_FOUND")
    (outcome,) = there.destination.push([known(2, "remove", SCORE=None)])
    assert outcome.status == "accepted"


def test_rows_without_an_address_or_with_that_of_another_row_are_not_sent(there: StandIn) -> None:
    changes = [new(901, " New@Example.com"), new(902, "new@example.com"), new(903, "")]
    outcomes = there.destination.push(changes)
    assert [one.error_code for one in outcomes] == [None, "DUPLICATE_ADDRESS", "NO_ADDRESS"]
    assert calls(there) == [("POST", 1)]


def test_an_unknown_attribute_stops_before_anything_is_written(there: StandIn) -> None:
    with pytest.raises(AccessRefused, match=r"OTHER.*decile setup brevo"):
        there.destination.push([known(1, SCORE="1", OTHER="x")])
    assert there.writes() == []
    removals = [known(number, "remove", SCORE=None, OTHER=None) for number in (1, 2)]
    assert statuses(there.destination.push(removals)) == ["accepted"] * 2


def test_what_brevo_drops_without_a_word_is_found_by_reading_back(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.destinations.brevo.native", lambda text, *_: str(text))
    with pytest.raises(DestinationError, match=r"SCORE.*decile setup brevo"):
        there.destination.push([known(1), known(2)])


def test_an_old_value_in_the_place_of_one_that_was_dropped_is_no_proof(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = there.sandbox._store
    with store.transaction():
        held = {"email": person(1), "listIds": [], "SCORE": 99}
        store.keep("brevo", "contacts", "1", held)
    monkeypatch.setattr("sync.destinations.brevo.native", lambda text, *_: str(text))
    with pytest.raises(DestinationError, match=r"SCORE.*decile setup brevo"):
        there.destination.push([known(1), known(2)])


@pytest.mark.parametrize(
    ("kind", "sent", "held", "is_proof"),
    [
        ("float", 7, 7, True),
        ("float", 0.3, 0.1 + 0.2, True),
        ("float", 7, "7", True),
        ("float", 7, 8, False),
        ("float", 7, "seven", False),
        ("float", 1, True, False),
        ("boolean", True, True, True),
        ("boolean", True, "true", True),
        ("boolean", True, False, False),
        ("date", "2026-11-22", "2026-11-22T00:00:00.000Z", True),
        ("date", "2026-11-22", "2026-11-23", False),
        ("text", "Hot  ", "Hot", True),  # how a tool tidies a text up is its own affair
        ("text", "Hot", None, False),
    ],
)
def test_a_value_is_proof_of_itself_as_its_kind_is_kept(
    kind: str, sent: object, held: object, is_proof: object
) -> None:
    assert holds(kind, sent, held) == is_proof


def test_the_id_of_somebody_who_was_deleted_is_never_given_again(there: StandIn) -> None:
    (first,) = there.destination.push([new(901)])
    erasure = replace(known(901, "erase"), record_id=first.destination_id, fields={})
    assert statuses(there.destination.push([erasure])) == ["accepted"]
    (second,) = there.destination.push([new(902)])
    assert second.destination_id != first.destination_id
    again = replace(known(902), record_id=second.destination_id)
    assert statuses(there.destination.push([again])) == ["accepted"]


def test_an_address_is_moved_by_a_call_of_its_own(there: StandIn) -> None:
    changes = [known(1, EMAIL="other@example.com"), known(2, EMAIL=person(3)), known(4)]
    outcomes = there.destination.push(changes)
    assert statuses(outcomes) == ["accepted", "rejected", "accepted"]
    assert outcomes[1].error_code == "DUPLICATE_PARAMETER"
    assert contact(there, 1)["email"] == "other@example.com"


def test_an_address_that_a_contact_has_is_not_sent_again(there: StandIn) -> None:
    first = known(1, EMAIL=person(1), SCORE="7")
    assert statuses(there.destination.push([first, known(2)])) == ["accepted"] * 2
    again = [
        replace(known(n, EMAIL=f" {person(n).upper()} "), previous={"EMAIL": person(n)})
        for n in (1, 2)
    ]
    assert statuses(there.destination.push(again)) == ["accepted"] * 2
    assert calls(there)[-1] == ("POST", 2)
    assert statuses(there.destination.push(again[:1])) == ["accepted"]
    moved = replace(known(1, EMAIL="other@example.com"), previous={"EMAIL": person(1)})
    assert statuses(there.destination.push([moved])) == ["accepted"]
    assert contact(there, 1)["email"] == "other@example.com"


def test_an_erasure_by_address_leaves_nobody(there: StandIn) -> None:
    erasure = replace(known(1, "erase"), record_id=None, fields={})
    assert statuses(there.destination.push([erasure, known(2, "erase")])) == ["accepted"] * 2
    assert brevo_contact(there, 1) is None
    assert calls(there) == [("DELETE", 1)] * 2


@pytest.mark.parametrize("code", ["DUPLICATE_PARAMETER", "INVALID_PARAMETER"])
def test_a_refused_contact_is_updated_if_it_is_there_and_else_rejected(
    there: StandIn, code: str
) -> None:
    for number in (1, 901):
        there.fault("batch_400", unique_value=person(number), code=code)
    outcomes = there.destination.push([new(1), new(901)])
    assert [one.error_code for one in outcomes] == [None, code]
    assert outcomes[0].destination_id == "1"


def test_any_other_refusal_of_a_new_contact_touches_nobody(there: StandIn) -> None:
    there.fault("batch_400", unique_value=person(1), code="OUT_OF_RANGE")
    (outcome,) = there.destination.push([new(1)])
    assert (outcome.status, outcome.error_code) == ("rejected", "OUT_OF_RANGE")
    assert calls(there) == [("POST", 1)]


@pytest.mark.parametrize("operation", ["update", "remove", "erase"])
def test_a_404_that_names_no_contact_is_an_error(there: StandIn, operation: Operation) -> None:
    there.fault("status", status=404, times=None, path="/contacts/1")
    with pytest.raises(DestinationError, match="BREVO_BASE_URL"):
        there.destination.push([known(1, operation)])


def test_no_message_shows_an_address_in_a_path(there: StandIn) -> None:
    there.fault("status", status=500, times=None, path="%40")
    with pytest.raises(DestinationError) as caught:
        there.destination.push([new(1)])
    assert "person" not in str(caught.value)


def answer(status: int, code: str | None = None, **headers: str) -> Answer:
    body = {"code": code, "message": "ada@example.com"} if code else None
    return Answer("Brevo", "PUT", "contacts", status, headers, body)


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        (answer(400, "invalid_parameter"), BatchRefused, "INVALID_PARAMETER"),
        (answer(400, "out_of_range"), BatchRefused, "OUT_OF_RANGE"),
        (answer(400, "ada@example.com"), BatchRefused, "400"),
        (answer(413), BatchRefused, "413"),
        (answer(401, "unauthorized"), AccessRefused, None),
        (answer(402, "not_enough_credits"), AccessRefused, None),
        (answer(403, "permission_denied"), AccessRefused, None),
        (answer(425), Retriable, None),
        (answer(500), type(None), None),
    ],
)
def test_a_status_means(given: Answer, kind: type[DestinationError], code: str | None) -> None:
    found = classify(given)
    assert type(found) is kind
    assert getattr(found, "code", None) == code
    assert "ada" not in str(found)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-sib-ratelimit-reset": "3"}, 3.0),
        ({"x-sib-ratelimit-reset": "3", "Retry-After": "9"}, 9.0),
        ({"x-sib-ratelimit-reset": "soon"}, None),
    ],
)
def test_a_limit_says_when_it_opens(headers: Mapping[str, str], seconds: float | None) -> None:
    found = classify(answer(429, **headers))
    assert isinstance(found, Retriable)
    assert found.retry_after == seconds


KINDS: tuple[FieldType, ...] = ("integer", "string", "boolean", "number")


@given(st.integers(-(10**12), 10**12), st.sampled_from(KINDS))
def test_a_value_is_json_of_its_type(number: int, kind: FieldType) -> None:
    assert native("", kind, "F") == native(None, kind, "F") == ""
    if kind == "boolean":
        assert native("true", kind, "F") is True
        assert native("false", kind, "F") is False
    else:
        assert native(str(number), kind, "F") == (str(number) if kind == "string" else number)


def test_the_setup_makes_what_is_missing_and_names_what_does_not_fit(there: StandIn) -> None:
    fields = (
        *FIELDS,
        Field("scored_on", "SCORED_ON", "date", "Scored on", ""),
        Field("address", "EMAIL", "string", "Address", ""),
        Field("when", "SCORE", "date", "When", ""),
        Field("small", "small", "string", "Small", ""),
    )
    actions = [step.action for step in there.destination.apply_setup(fields)]
    assert actions == ["exists"] * 3 + ["create", "exists", "conflict", "conflict"]


@pytest.mark.parametrize(
    ("settings", "wanted", "problem"),
    [
        ({"CALLS_PER_SECOND": "x"}, {}, "CALLS_PER_SECOND"),
        ({"ACCOUNT": "sandbox"}, {}, "sandbox is taken"),
        ({"API_KEY": "a key"}, {}, "character"),
        ({}, {"list": "News"}, "number of a list"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    settings: dict[str, str], wanted: dict[str, str], problem: str
) -> None:
    given = {"API_KEY": "xkeysib-1", **settings}
    environment = {f"BREVO_{name}": value for name, value in given.items()}
    connection = DESTINATIONS["brevo"].connect(environment, Target("contacts", wanted))
    with pytest.raises(ConfigError, match=problem), connection:
        pass


def test_an_account_is_live_unless_it_is_named() -> None:
    assert Settings.read({"BREVO_API_KEY": "xkeysib-1"}).account == "live"


def test_a_value_that_an_attribute_cannot_take_rejects_its_row_alone(there: StandIn) -> None:
    rows = [known(1, SCORE="Lovelace"), known(2), known(3), new(901, IS_HOT="Lovelace")]
    outcomes = there.destination.push(rows)
    codes = [one.error_code for one in outcomes]
    assert codes == ["NOT_A_NUMBER", None, None, "NOT_A_BOOLEAN"]
    assert [outcomes[0].message, outcomes[3].message] == [
        "SCORE: takes a number.",
        "IS_HOT: takes true or false.",
    ]


def test_who_has_another_id_by_now_is_erased_there(there: StandIn) -> None:
    (made,) = there.destination.push([new(901)])
    there.destination.push([known(1, "erase")])
    by_key = replace(known(1, "erase"), unique_key=person(901))
    assert statuses(there.destination.push([by_key])) == ["accepted"]
    assert brevo_contact(there, int(str(made.destination_id))) is None
    (made,) = there.destination.push([new(902)])
    by_value = replace(known(1, "erase"), previous={"EMAIL": person(902)})
    assert statuses(there.destination.push([by_value])) == ["accepted"]
    assert brevo_contact(there, int(str(made.destination_id))) is None


def test_an_answer_about_somebody_else_updates_nobody(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.destinations.brevo.address", lambda _change: person(1))
    having = "sync.destinations.brevo.having"
    asked: list[object] = []
    monkeypatch.setattr(having, lambda *given: asked.append(given))
    there.destination.push([new(1)])
    assert asked == [("Brevo", person(1), [(person(1), "1")])]
