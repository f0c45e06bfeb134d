"""ActiveCampaign contacts against the sandbox: who is new, who is known, who left a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import CASES, StandIn, activecampaign_contact, person, standing_in

from sync.answers import Answer
from sync.changes import Change, Field, Operation
from sync.destinations import DESTINATIONS
from sync.destinations.activecampaign import MAX_BATCH, _outcome
from sync.destinations.activecampaign_answers import classify
from sync.destinations.activecampaign_connect import Settings
from sync.destinations.activecampaign_import import IMPORT_FROM, import_known
from sync.destinations.connection import Target
from sync.errors import AccessRefused, BatchRefused, ConfigError, DestinationError, Retriable
from sync.http import HttpClient

FIELDS = (
    Field("score", "SCORE", "integer", "Lead score", "1 to 100."),
    Field("band", "BAND", "string", "Band", "Cold, warm or hot."),
)
LIST = "list 12"


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    patched = replace(CASES["activecampaign"], settings={"list": "12"})
    monkeypatch.setitem(CASES, "activecampaign", patched)
    with standing_in("activecampaign", tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(FIELDS)
        yield opened


def known(number: int, operation: Operation = "update", **fields: str | None) -> Change:
    values = fields or {"SCORE": "7"}
    return Change(f"t{number}", f"k{number}", operation, str(number), person(number), values)


def new(number: int, address: str | None = None, **fields: str | None) -> Change:
    address = person(number) if address is None else address
    values = fields or {"SCORE": "7"}
    return Change(f"n{number}", f"k{number}", "upsert", None, address, values)


def unnamed(change: Change) -> Change:
    return replace(change, record_id=None)


def statuses(outcomes: list[Any]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def calls(there: StandIn) -> list[tuple[str, int]]:
    return [(call["method"], call["rows"]) for call in there.writes()]


def held(there: StandIn, name: str) -> Any:
    return there.get("held?service=activecampaign")["contacts"][name]


def test_known_contacts_are_updated_by_id_and_new_ones_by_address(there: StandIn) -> None:
    outcomes = there.destination.push(
        [known(1), new(901, " New@Example.com ", firstName="Ann", SCORE="7")]
    )
    assert statuses(outcomes) == ["accepted"] * 2
    assert calls(there) == [("PUT", 1), ("POST", 1), ("POST", 1)]
    made = str(outcomes[1].destination_id)
    assert held(there, made) == {
        "email": "new@example.com",
        "firstName": "Ann",
        "SCORE": "7",
        LIST: 1,
    }


def test_who_exists_keeps_what_only_a_new_contact_is_given(there: StandIn) -> None:
    there.destination.push([known(1, firstName="Ada", lastName="Lovelace")])
    born = {"firstName": "Bob", "lastName": None, "SCORE": "7"}
    only_new = frozenset({"firstName", "lastName"})
    rows = [replace(new(n, **born), only_new=only_new) for n in (1, 901)]
    outcomes = there.destination.push(rows)
    assert statuses(outcomes) == ["accepted"] * 2
    expected = {"firstName": "Ada", "lastName": "Lovelace", "SCORE": "7"}
    assert held(there, "1") == {"email": person(1)} | expected
    made = held(there, str(outcomes[1].destination_id))
    assert made == {"email": person(901), "firstName": "Bob", "SCORE": "7", LIST: 1}


def test_the_id_of_somebody_who_was_deleted_is_never_given_again(there: StandIn) -> None:
    """Else the sandbox would take the next new contact for one that is gone."""
    (first,) = there.destination.push([new(901)])
    erasure = replace(known(901, "erase"), record_id=first.destination_id, fields={})
    assert statuses(there.destination.push([erasure])) == ["accepted"]
    (second,) = there.destination.push([new(902)])
    assert second.destination_id != first.destination_id
    again = replace(known(902), record_id=second.destination_id)
    assert statuses(there.destination.push([again])) == ["accepted"]
    assert held(there, str(second.destination_id))["SCORE"] == "7"


def test_only_a_contact_that_is_new_gets_onto_the_list(there: StandIn) -> None:
    assert statuses(there.destination.push([new(1), new(901)])) == ["accepted"] * 2
    assert LIST not in held(there, "1")
    there.destination.push([known(1), new(901)])
    posts = [one for one in there.get("calls")["calls"] if one["path"].endswith("/contactLists")]
    assert len(posts) == 1


def test_a_list_that_does_not_answer_leaves_the_row_pending(there: StandIn) -> None:
    there.fault("status", status=500, times=None, path="/contactLists")
    outcomes = there.destination.push([known(1), new(901)])
    assert statuses(outcomes) == ["accepted", "pending"]


def test_a_bad_row_is_rejected_by_its_code_and_field_alone(there: StandIn) -> None:
    changes = [known(1, email=person(2)), known(2), known(3, BAND="Lovelace " * 2000)]
    outcomes = there.destination.push(changes)
    assert statuses(outcomes) == ["rejected", "accepted", "rejected"]
    assert [one.error_code for one in outcomes] == ["DUPLICATE", None, "TOO_LONG"]
    assert "DUPLICATE for email" in str(outcomes[0].message)
    assert "person" not in str(outcomes[0].message)


def test_an_address_that_changed_is_written(there: StandIn) -> None:
    there.destination.push([known(1, email="Other@Example.com", phone=None)])
    assert held(there, "1")["email"] == "other@example.com"
    assert held(there, "1")["phone"] == ""


def test_rows_without_an_address_or_with_that_of_another_row_are_not_sent(there: StandIn) -> None:
    outcomes = there.destination.push([new(901), new(902, person(901)), new(903, "")])
    assert [one.error_code for one in outcomes] == [None, "DUPLICATE_ADDRESS", "NO_ADDRESS"]


def test_a_contact_whose_id_is_not_known_is_looked_up_and_never_made(there: StandIn) -> None:
    changes = [unnamed(known(1, SCORE="8")), unnamed(known(901))]
    outcomes = there.destination.push(changes)
    assert outcomes[0].destination_id == "1"
    assert outcomes[1].error_code == "CONTACT_NOT_FOUND"
    cleared = [unnamed(known(n, "remove", SCORE=None, email=None)) for n in (1, 901)]
    assert statuses(there.destination.push(cleared)) == ["accepted"] * 2
    assert activecampaign_contact(there, 1) == {"SCORE": None, "BAND": None}
    erased = [unnamed(known(number, "erase")) for number in (1, 901)]
    assert statuses(there.destination.push(erased)) == ["accepted"] * 2
    assert activecampaign_contact(there, 1) is None


def test_who_was_deleted_there_is_rejected_and_needs_no_clearing(there: StandIn) -> None:
    there.destination.push([known(1, "erase")])
    outcomes = there.destination.push([known(1), known(2)])
    assert [one.error_code for one in outcomes] == ["CONTACT_NOT_FOUND", None]
    assert statuses(there.destination.push([known(1, "remove", SCORE=None)])) == ["accepted"]


@pytest.mark.parametrize("operation", ["update", "remove", "erase"])
def test_a_404_that_names_no_contact_is_an_error(there: StandIn, operation: Operation) -> None:
    there.fault("status", status=404, times=None, path="/contacts/1")
    with pytest.raises(DestinationError, match="ACTIVECAMPAIGN_API_URL"):
        there.destination.push([known(1, operation)])


def test_an_unknown_field_stops_before_anything_is_written(there: StandIn) -> None:
    with pytest.raises(AccessRefused, match=r"OTHER.*decile setup activecampaign"):
        there.destination.push([known(1, SCORE="1", OTHER="x")])
    assert there.writes() == []
    removal = known(1, "remove", SCORE=None, OTHER=None)
    assert statuses(there.destination.push([removal])) == ["accepted"]


def test_three_rows_without_an_answer_leave_the_rest_pending(there: StandIn) -> None:
    there.fault("status", status=503, after=1, times=None, path="/contacts/")
    outcomes = there.destination.push([known(number) for number in range(1, 11)])
    assert statuses(outcomes) == ["accepted"] + ["pending"] * 9


MANY = IMPORT_FROM


def imports(there: StandIn) -> list[int]:
    return [one["rows"] for one in there.writes() if one["path"].endswith("/bulk_import")]


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("activecampaign", tmp_path, monkeypatch, people=MAX_BATCH) as opened:
        opened.destination.apply_setup(FIELDS)
        yield opened


def test_many_known_contacts_are_one_import_that_leaves_the_rest_as_it_is(many: StandIn) -> None:
    many.destination.push([known(1, lastName="Byron", BAND="hot"), known(2)])
    changes = [known(n, SCORE=str(n), firstName="Ann") for n in range(1, MAX_BATCH + 1)]
    outcomes = many.destination.push(changes)
    assert [(one.token, one.destination_id) for one in outcomes] == [
        (one.token, one.record_id) for one in changes
    ]
    assert statuses(outcomes) == ["accepted"] * MAX_BATCH
    assert imports(many) == [MAX_BATCH]
    expected = {"firstName": "Ann", "lastName": "Byron", "SCORE": "1", "BAND": "hot"}
    assert held(many, "1") == {"email": person(1)} | expected
    assert len(many.get("held?service=activecampaign")["contacts"]) == MAX_BATCH


def test_fewer_are_written_one_by_one(many: StandIn) -> None:
    many.destination.push([known(number) for number in range(1, MANY)])
    assert imports(many) == []
    assert len(many.writes()) == MANY - 1


def test_what_an_import_cannot_carry_goes_alone(many: StandIn) -> None:
    moved = known(2, email="other@example.com", SCORE="2")
    others = [known(1, SCORE=None), moved, known(3, "remove", SCORE=None), known(4, "erase"),
              new(901), unnamed(known(5))]  # fmt: skip
    same = known(6, email=person(6).upper(), SCORE="6")
    rest = [known(number) for number in range(7, 7 + MANY)]
    outcomes = many.destination.push([*others, same, *rest])
    assert statuses(outcomes) == ["accepted"] * len(outcomes)
    assert imports(many) == [MANY + 1]
    assert held(many, "2")["email"] == "other@example.com"
    assert held(many, "6") == {"email": person(6), "SCORE": "6"}


def test_an_import_makes_nobody_and_follows_who_has_another_address_there(many: StandIn) -> None:
    many.destination.push([known(1, "erase"), known(2, email="other@example.com")])
    outcomes = many.destination.push([known(number) for number in range(1, MANY + 3)])
    assert statuses(outcomes) == ["rejected"] + ["accepted"] * (MANY + 1)
    assert outcomes[0].error_code == "CONTACT_NOT_FOUND"
    assert imports(many) == [MANY + 1]
    contacts = many.get("held?service=activecampaign")["contacts"]
    assert contacts["2"] == {"email": "other@example.com", "SCORE": "7"}
    assert sorted(map(int, contacts)) == list(range(2, MANY + 3))


def test_one_contact_named_twice_ends_with_its_last_values(many: StandIn) -> None:
    twice = replace(known(1, SCORE="9"), token="again")
    changes = [*(known(number) for number in range(1, MANY + 1)), twice]
    assert statuses(many.destination.push(changes)) == ["accepted"] * (MANY + 1)
    assert held(many, "1")["SCORE"] == "9"


def test_rows_that_an_import_refuses_are_rejected_and_the_others_sent_again(many: StandIn) -> None:
    many.fault("row_error", record_id="3", times=None)
    changes = [known(number) for number in range(1, MANY + 1)]
    changes[6] = known(7, BAND="Lovelace " * 2000)
    outcomes = many.destination.push(changes)
    refused = {number for number, one in enumerate(outcomes, 1) if one.status == "rejected"}
    assert refused == {3, 7}
    assert {outcomes[6].error_code} == {"IMPORT_REFUSED"}
    assert "Lovelace" not in str(outcomes)
    assert imports(many) == [MANY, MANY - 2]
    assert held(many, "1")["SCORE"] == "7"


def test_an_import_that_is_refused_without_naming_a_row_is_sent_row_by_row(many: StandIn) -> None:
    many.fault("status", status=400, times=None, path="bulk_import")
    outcomes = many.destination.push([known(number) for number in range(1, MANY + 1)])
    assert statuses(outcomes) == ["accepted"] * MANY
    assert len(many.writes()) == MANY + 1


@pytest.mark.parametrize(
    "said", [{}, {"Success": 0}, {"Success": 1}, {"Success": 1, "queued_contacts": MANY - 1}]
)
def test_an_import_that_does_not_say_that_all_are_queued_is_no_success(
    said: dict[str, object],
) -> None:
    changes = [known(number) for number in range(1, MANY + 1)]
    assert import_known(cast("HttpClient", Canned(said)), changes, {"SCORE": "1"}) == {}


def test_imports_stay_under_the_size_of_a_call() -> None:
    client = Canned({"Success": 1, "queued_contacts": 1})
    sizes = [150_000, 150_000, 200_000, 400_000, 1]
    changes = [known(number, SCORE="x" * size) for number, size in enumerate(sizes, 1)]
    import_known(cast("HttpClient", client), changes, {"SCORE": "1"})
    assert [len(call) for call in client.calls] == [2, 2]


def test_an_outage_of_the_import_stops_the_batch(many: StandIn) -> None:
    many.fault("status", status=503, times=None, path="bulk_import")
    with pytest.raises(Retriable):
        many.destination.push([known(number) for number in range(1, MANY + 1)])


class Canned:
    """Stands in for the HTTP client, with one answer to every import."""

    def __init__(self, said: dict[str, object]) -> None:
        self._said = said
        self.calls: list[list[object]] = []

    def get(self, _path: str, *, query: dict[str, str]) -> dict[str, object]:
        names = [value for name, value in query.items() if name.startswith("ids[")]
        return {"contacts": [{"id": name, "email": person(int(name))} for name in names]}

    def send(self, method: str, path: str, *, body: dict[str, list[object]], **_: object) -> Answer:
        self.calls.append(body["contacts"])
        return Answer("ActiveCampaign", method, path, 200, {}, self._said)


def answer(status: int, body: Any = None) -> Answer:
    return Answer("ActiveCampaign", "PUT", "/api/3/contacts/7", status, {}, body)


def errors(code: str, pointer: str = "") -> dict[str, object]:
    return {"errors": [{"code": code, "title": "ada@example.com", "source": {"pointer": pointer}}]}


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        (answer(422, errors("email_invalid", "/data/attributes/email")), BatchRefused,
         "EMAIL_INVALID"),
        (answer(422, errors("ada")), BatchRefused, "422"),
        (answer(400, {"message": "ada"}), BatchRefused, "400"),
        (answer(401), AccessRefused, None),
        (answer(402), AccessRefused, None),
        (answer(403), AccessRefused, None),
        (answer(429), type(None), None),
        (answer(500), type(None), None),
    ],
)  # fmt: skip
def test_a_status_means(given: Answer, kind: type[DestinationError], code: str | None) -> None:
    found = classify(given)
    assert type(found) is kind
    assert getattr(found, "code", None) == code
    assert "ada" not in str(found)


def test_a_failure_that_comes_as_200_is_none_the_less_one() -> None:
    with pytest.raises(BatchRefused):
        _outcome(known(1), answer(200, errors("field_invalid")))
    assert _outcome(known(1), answer(200, {"success": 0})).status == "pending"
    assert _outcome(known(1), answer(200, {"contact": {"id": "x"}})).status == "pending"


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_of_the_vendor_gets_into_an_error(code: str, pointer: str) -> None:
    found = str(classify(answer(422, errors(f"<{code}>", f"<{pointer}>"))))
    assert found == "ActiveCampaign answered 422 to PUT /api/3/contacts/7, 422."


def test_the_setup_makes_what_is_missing_and_names_what_does_not_fit(there: StandIn) -> None:
    fields = (
        *FIELDS,
        Field("scored_at", "SCORED_AT", "timestamp", "Scored at", ""),
        Field("address", "email", "string", "Address", ""),
        Field("small", "small", "string", "Small", ""),
    )
    steps = there.destination.apply_setup(fields)
    assert [step.action for step in steps] == ["exists"] * 2 + ["create", "exists", "conflict"]
    again = there.destination.plan_setup(
        [replace(fields[2], type="date"), replace(fields[0], type="boolean")]
    )
    assert [step.action for step in again] == ["conflict", "exists"]


def test_more_fields_than_a_page_holds_are_all_found(there: StandIn) -> None:
    store = there.sandbox._store
    with store.transaction():
        for number in range(3, 251):
            body = {"title": "F", "type": "text", "perstag": f"F{number}"}
            store.keep("activecampaign", "_fields", str(number), body)
    many = [replace(FIELDS[0], name=f"F{number}") for number in (3, 100, 101, 102, 250)]
    assert {step.action for step in there.destination.plan_setup(many)} == {"exists"}
    pages = [one for one in there.get("calls")["calls"][-5:] if one["path"].endswith("/fields")]
    assert len(pages) >= 3


@pytest.mark.parametrize(
    ("settings", "wanted", "problem"),
    [
        ({"CALLS_PER_SECOND": "-1"}, {}, "CALLS_PER_SECOND"),
        ({"ACCOUNT": "sandbox"}, {}, "sandbox is taken"),
        ({"API_KEY": "a key"}, {}, "character"),
        ({"API_KEY": ""}, {}, "is set and ACTIVECAMPAIGN_API_KEY is not"),
        ({"API_URL": "http://acme.api-us1.com"}, {}, "https"),
        ({}, {"list": "News"}, "number of a list"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    settings: dict[str, str], wanted: dict[str, str], problem: str
) -> None:
    given = {"API_URL": "https://acme.api-us1.com", "API_KEY": "abc", **settings}
    environment = {f"ACTIVECAMPAIGN_{name}": value for name, value in given.items()}
    connector = DESTINATIONS["activecampaign"]
    connection = connector.connect(environment, Target("contacts", wanted))
    with pytest.raises(ConfigError, match=problem), connection:
        pass


@pytest.mark.parametrize("end", ["", "/", "/api/3", "/api/3/"])
def test_the_url_may_hold_the_version_or_not(end: str) -> None:
    settings = Settings.read({"ACTIVECAMPAIGN_API_URL": f"https://acme.api-us1.com{end}"})
    assert settings.url == "https://acme.api-us1.com"
    assert settings.account == "live"


def test_who_has_another_id_by_now_is_erased_there(there: StandIn) -> None:
    there.destination.push([known(1, "erase")])
    made = there.destination.push([new(901), new(902)])
    gone = known(1, "erase")
    erasures = [
        replace(gone, unique_key=person(901)),
        replace(gone, token="b", previous={"email": person(902).upper()}),
    ]
    assert statuses(there.destination.push(erasures)) == ["accepted"] * 2
    for one in made:
        assert activecampaign_contact(there, int(str(one.destination_id))) is None


@pytest.mark.parametrize("operation", ["upsert", "update", "remove", "erase"])
def test_a_look_up_that_answers_with_strangers_touches_none_of_them(
    there: StandIn, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    get = HttpClient.get

    def heedless(client: HttpClient, path: str, *, query: Any = None) -> Any:
        if path != "/contacts":
            return get(client, path, query=query)
        return {"contacts": [{"id": str(n), "email": person(n)} for n in (2, 3)]}

    monkeypatch.setattr(HttpClient, "get", heedless)
    with pytest.raises(DestinationError, match="others than were asked for"):
        there.destination.push([unnamed(known(1, operation))])
    assert there.writes() == []
