"""Marketo against the sandbox: its codes, its order, what finds a lead, and what is never sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import StandIn, change, held, standing_in

from sync.answers import Answer
from sync.changes import Change, Field, Outcome
from sync.destinations.connection import Target
from sync.destinations.marketo_answers import classify, next_midnight, read_outcomes
from sync.destinations.marketo_connect import CONNECTOR, Settings
from sync.destinations.marketo_setup import by_name
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)

SPEC = Path(__file__).parents[1].parent / "shared" / "specs" / "marketo" / "swagger-mapi.json"
SETTINGS = {
    "MARKETO_BASE_URL": "https://123-abc-456.mktorest.com",
    "MARKETO_CLIENT_ID": "id",
    "MARKETO_CLIENT_SECRET": "secret",
}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("marketo", tmp_path, monkeypatch) as opened:
        field = Field("score", "decile_score", "integer", "Lead score (1 to 100)", "1 to 100.")
        note = Field("note", "decile_note", "string", "Note", "Any text.")
        opened.destination.apply_setup([field, note])
        yield opened


def new(number: int, operation: Any = "upsert", **fields: str | None) -> Change:
    one = change("marketo", number, operation, fields or {"decile_score": "7"})
    return replace(one, record_id=None)


def lead(there: StandIn, outcome: Outcome) -> dict[str, Any]:
    return held(there, "marketo", "leads")[str(outcome.destination_id)]


def sent(monkeypatch: pytest.MonkeyPatch) -> list[requests.PreparedRequest]:
    """Keep what is sent from now on."""
    kept: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def keeping(session: Any, request: requests.PreparedRequest, **more: Any) -> Any:
        if "/sandbox/" not in str(request.url):
            kept.append(request)
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", keeping)
    return kept


def said(body: dict[str, object], status: int = 200) -> Answer:
    return Answer("Marketo", "POST", "/rest/v1/leads.json", status, {}, body)


def error(code: object) -> dict[str, object]:
    return {"success": False, "errors": [{"code": code, "message": "ada@example.com"}]}


@pytest.mark.parametrize(
    ("code", "kind", "wait"),
    [
        ("600", AccessRefused, None),
        ("601", AccessRefused, None),
        ("602", AccessRefused, None),
        ("603", AccessRefused, None),
        ("502", Retriable, 5.0),
        ("604", Retriable, 5.0),
        ("606", Retriable, 20.0),
        ("607", QuotaExhausted, None),
        ("608", Retriable, 5.0),
        ("609", DestinationError, None),
        ("610", DestinationError, None),
        ("611", Retriable, 5.0),
        ("615", Retriable, 2.0),
        ("713", Retriable, 5.0),
        ("1006", AccessRefused, None),
        ("1003", BatchRefused, None),
        ("1077", BatchRefused, None),
        ("ada@example.com", DestinationError, None),
        (None, DestinationError, None),
    ],
)
def test_every_code_has_its_class(code: str, kind: type[Exception], wait: float | None) -> None:
    found = classify(said(error(code)))
    assert type(found) is kind
    assert getattr(found, "retry_after", None) == wait
    assert "ada@" not in str(found)
    assert getattr(found, "token_ran_out", False) == (code in {"600", "601", "602"})


def test_what_does_not_say_that_it_succeeded_may_have_been_applied() -> None:
    assert isinstance(classify(said({"result": []})), Ambiguous)
    assert classify(said({"success": True})) is None
    assert classify(said(error("606"), 413)) is None


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-07-01T04:59:59", "2026-07-01T05:00:00"),
        ("2026-12-01T12:00:00", "2026-12-02T06:00:00"),
    ],
)
def test_a_used_up_day_ends_at_midnight_in_the_middle_of_the_states(now: str, then: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_midnight(at) == datetime.fromisoformat(then).replace(tzinfo=UTC)


@given(st.permutations(range(1, 7)), st.sets(st.integers(1, 6)))
def test_a_row_gets_the_answer_that_has_its_id(order: list[int], skipped: set[int]) -> None:
    changes = [change("marketo", number) for number in range(1, 7)]
    result = [
        {"id": number, "status": "skipped", "reasons": [{"code": "1022"}]}
        if number in skipped
        else {"id": number, "status": "updated"}
        for number in order
    ]
    outcomes = read_outcomes(changes, {"result": result})
    assert [one.status for one in outcomes] == [
        "rejected" if number in skipped else "accepted" for number in range(1, 7)
    ]
    assert [one.destination_id for one in outcomes] == list("123456")


@given(st.lists(st.integers(1, 4), max_size=3))
def test_a_list_that_is_too_short_accepts_only_what_it_names(ids: list[int]) -> None:
    changes = [change("marketo", number) for number in range(1, 5)]
    result = [{"id": number, "status": "updated"} for number in ids]
    outcomes = read_outcomes(changes, {"result": result})
    assert {int(one.token[6:]) for one in outcomes if one.status == "accepted"} == set(ids)
    nameless = [replace(one, record_id=None) for one in changes]
    assert {one.status for one in read_outcomes(nameless, {"result": result})} == {"pending"}


def test_an_answer_for_another_lead_is_none() -> None:
    (outcome,) = read_outcomes([change("marketo", 1)], {"result": [{"id": 9, "status": "updated"}]})
    assert outcome.status == "pending"


def test_one_bad_row_does_not_take_the_others_with_it(there: StandIn) -> None:
    there.fault("row_error", record_id="2")
    changes = [change("marketo", number) for number in (1, 2, 3)]
    outcomes = there.destination.push(changes)
    assert [one.status for one in outcomes] == ["accepted", "rejected", "accepted"]
    assert (outcomes[1].error_code, "type" in str(outcomes[1].message)) == ("1001", True)


def test_a_token_that_ran_out_is_fetched_again_once(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.destination.push([change("marketo", 1)])
    there.fault("status", status=401, path="/rest/")
    kept = sent(monkeypatch)
    (outcome,) = there.destination.push([change("marketo", 2)])
    assert outcome.status == "accepted"
    assert [str(one.path_url).split("?")[0].rsplit("/", 1)[-1] for one in kept] == [
        "leads.json",
        "token",
        "leads.json",
    ]
    assert all("access" not in str(one.url).split("grant_type")[0] for one in kept)
    assert there.naps == []


def test_many_rows_take_few_calls(there: StandIn) -> None:
    before = len(there.writes())
    outcomes = there.destination.push([new(number) for number in range(1, 301)])
    assert {one.status for one in outcomes} == {"accepted"}
    assert [call["rows"] for call in there.writes()[before:]] == [300]


def test_known_and_unknown_leads_of_a_batch_are_two_calls(there: StandIn) -> None:
    one, other = there.destination.push([new(901, decile_score="5"), change("marketo", 4)])
    assert [call["rows"] for call in there.writes()] == [1, 1]
    assert other.destination_id == "4"
    assert lead(there, one) == {
        "id": int(str(one.destination_id)),
        "email": "c901@example.com",
        "decile_score": 5,
    }


def test_an_address_that_is_mapped_finds_the_lead_whatever_its_case(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = sent(monkeypatch)
    (one,) = there.destination.push([new(901, email=" Person3@Example.com ")])
    assert one.destination_id == "3"
    assert json.loads(kept[-1].body or "")["input"] == [{"email": "person3@example.com"}]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (replace(new(901), unique_key="a41f"), "NO_EMAIL"),
        (replace(change("marketo", 1), record_id="00Q1"), "RECORD_ID"),
        (replace(change("marketo", 1), record_id="777777"), "1004"),
    ],
)
def test_a_row_that_names_no_lead_is_refused(there: StandIn, one: Change, code: str) -> None:
    good, bad = there.destination.push([change("marketo", 2), one])
    assert (good.status, bad.status, bad.error_code) == ("accepted", "rejected", code)


@pytest.mark.parametrize("name", ["unsubscribed", "marketingSuspended"])
def test_nothing_says_who_may_be_mailed(there: StandIn, name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        there.destination.push([change("marketo", 1, "update", {name: "false"})])
    (step, *_) = (
        one for one in there.destination.plan_setup([Field("a", name, "boolean", "A", "A.")])
        if one.name == name
    )  # fmt: skip
    assert step.action == "conflict"


def test_a_removal_leaves_the_address(there: StandIn) -> None:
    (made,) = there.destination.push([new(901, email="c901@example.com", decile_score="5")])
    removal = new(901, "remove", email=None, decile_score=None)
    for gone in (removal, replace(removal, record_id="888888")):
        assert there.destination.push([gone])[0].status == "accepted"
    assert set(lead(there, made)) == {"id", "email"}


def test_a_removal_of_nothing_makes_no_call(there: StandIn) -> None:
    before = len(there.get("calls")["calls"])
    assert there.destination.push([new(901, "remove", email=None)])[0].status == "accepted"
    assert len(there.get("calls")["calls"]) == before


def test_an_erasure_finds_a_lead_by_its_address(there: StandIn) -> None:
    (made,) = there.destination.push([new(901)])
    erasure = replace(new(901), operation="erase", fields={})
    for _ in range(2):
        assert there.destination.push([erasure])[0].status == "accepted"
    assert str(made.destination_id) not in held(there, "marketo", "leads")


def test_an_erasure_never_takes_one_value_for_two(there: StandIn) -> None:
    erasure = replace(new(901), operation="erase", fields={}, unique_key="a@b.example,c@d.example")
    (outcome,) = there.destination.push([erasure])
    assert (outcome.status, outcome.error_code) == ("rejected", "LOOKUP_VALUE")


def test_a_field_that_is_missing_stops_and_names_the_setup(there: StandIn) -> None:
    with pytest.raises(AccessRefused, match="decile setup marketo"):
        there.destination.push([change("marketo", 1, "update", {"not_there": "1"})])


def test_a_field_that_every_row_lacks_stops_too() -> None:
    row = {"status": "skipped", "reasons": [{"code": "1006", "message": "Field not found"}]}
    with pytest.raises(AccessRefused, match="decile setup marketo"):
        read_outcomes([change("marketo", 1), change("marketo", 2)], {"result": [row, row]})


def test_a_field_that_was_deleted_needs_no_clearing(there: StandIn) -> None:
    removal = change("marketo", 1, "remove", {"decile_score": None, "deleted_since": None})
    assert there.destination.push([removal])[0].status == "accepted"


def test_the_setup_creates_what_is_missing_and_reports_what_does_not_fit(there: StandIn) -> None:
    fields = [
        Field("score", "decile_score", "string", "Score", "Text."),
        Field("band", "decile_band", "string", "Band", "hot or cold."),
        Field("bad", "bad-name", "string", "Bad", "Bad."),
    ]
    steps = {step.name: step.action for step in there.destination.apply_setup(fields)}
    assert steps == {
        "email": "exists",
        "decile_score": "conflict",
        "decile_band": "create",
        "bad-name": "conflict",
    }
    assert "create" not in {step.action for step in there.destination.plan_setup(fields)}


def test_fields_are_read_page_by_page(there: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.destinations.marketo_setup.PAGE", 3)
    found = by_name(there.destination._http)
    assert {"email", "unsubscribed", "decile_score"} <= set(found)
    assert len(found) == 8


def test_a_secret_that_is_wrong_is_said_and_not_shown(there: StandIn) -> None:
    settings = {
        "MARKETO_BASE_URL": f"{there.sandbox.url}/marketo",
        "MARKETO_CLIENT_ID": "sandbox",
        "MARKETO_CLIENT_SECRET": "not-the-secret",
    }
    with (
        CONNECTOR.connect(settings, Target("leads")) as connection,
        pytest.raises(AccessRefused, match="MARKETO_CLIENT_SECRET") as refusal,
    ):
        connection.destination.check()
    assert "not-the-secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"MARKETO_RATE_PER_20S": "101"}, "MARKETO_RATE_PER_20S"),
        ({"MARKETO_RATE_PER_20S": "fast"}, "MARKETO_RATE_PER_20S"),
        ({"MARKETO_LOOKUP_FIELD": "id"}, "MARKETO_LOOKUP_FIELD"),
        ({"MARKETO_ACCOUNT": "sandbox"}, "MARKETO_ACCOUNT"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(wrong: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        Settings.read(SETTINGS | wrong)


def test_the_address_that_marketo_shows_will_do() -> None:
    shown = {"MARKETO_BASE_URL": "https://123-abc-456.mktorest.com/rest"}
    settings = Settings.read(SETTINGS | shown)
    assert settings.base_url == SETTINGS["MARKETO_BASE_URL"]
    assert (settings.account, settings.lookup_field) == ("live", "email")


@pytest.mark.skipif(not SPEC.exists(), reason="the vendor's own description is not here")
def test_requests_fit_the_description_of_the_vendor(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    kept = sent(monkeypatch)
    there.destination.apply_setup([Field("band", "decile_band", "string", "Band", "A band.")])
    there.destination.push([new(901), change("marketo", 1)])
    there.destination.push([change("marketo", 1, "erase", {})])
    there.destination.push([replace(new(902), operation="erase", fields={})])
    used = set()
    for request in kept:
        path, _, query = str(request.path_url).removeprefix("/marketo").partition("?")
        call = spec["paths"][path][str(request.method).lower()]
        names = {one["name"] for one in call["parameters"] if one["in"] == "query"}
        assert {part.split("=")[0] for part in query.split("&") if part} <= names
        bodies = [one["schema"]["$ref"] for one in call["parameters"] if one["in"] == "body"]
        if request.body:
            _fits(spec, bodies[0], json.loads(request.body))
        used.add((request.method, path))
    assert len(used) == 5


def _fits(spec: dict[str, Any], reference: str, body: dict[str, Any]) -> None:
    schema = spec["definitions"][reference.rsplit("/", 1)[1]]
    assert set(schema["required"]) <= set(body) <= set(schema["properties"])
    for name, value in body.items():
        rule = schema["properties"][name]
        assert value in rule.get("enum", [value])
        for item in value if rule["type"] == "array" else []:
            inner = spec["definitions"][rule["items"]["$ref"].rsplit("/", 1)[1]]
            assert set(inner.get("required", [])) <= set(item)
            for key in set(item) & set(inner["properties"]):
                assert item[key] in inner["properties"][key].get("enum", [item[key]])


def test_who_exists_keeps_what_only_a_new_lead_is_given(there: StandIn) -> None:
    there.destination.push([new(901, firstName="Ada", lastName="Lovelace")])
    born = {"firstName": "Bob", "lastName": None, "email": None, "decile_score": "7"}
    rows = [
        replace(
            new(n, **(born | {"email": f"c{n}@example.com"})),
            only_new=frozenset({"firstName", "lastName", "email"}),
        )
        for n in (901, 902)
    ]
    outcomes = there.destination.push(rows)
    assert [one.status for one in outcomes] == ["accepted"] * 2
    first, second = ({**lead(there, one), "id": 0} for one in outcomes)
    names = {"firstName": "Ada", "lastName": "Lovelace"}
    assert first == {"id": 0, "email": "c901@example.com", "decile_score": 7} | names
    assert second == {
        "id": 0,
        "email": "c902@example.com",
        "firstName": "Bob",
        "decile_score": 7,
    }


def test_who_has_another_id_by_now_is_erased_there(there: StandIn) -> None:
    there.destination.push([change("marketo", 1, "erase")])
    there.destination.push([new(901), new(902)])
    gone = change("marketo", 1, "erase")
    erasures = [
        replace(gone, unique_key="C901@example.com"),
        replace(gone, token="b", unique_key="", previous={"email": "c902@example.com"}),
    ]
    outcomes = there.destination.push(erasures)
    assert [one.status for one in outcomes] == ["accepted"] * 2
    assert held(there, "marketo", "leads") == {}


@pytest.mark.parametrize("known", [True, False])
def test_a_look_up_that_answers_with_strangers_erases_none_of_them(
    there: StandIn, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    there.destination.push([change("marketo", 1, "erase"), change("marketo", 2)])
    strangers = {"result": [{"id": 2, "email": "person2@example.com"}]}
    monkeypatch.setattr("sync.http.HttpClient.get", lambda *_, **__: strangers)
    erasure = change("marketo", 1, "erase")
    with pytest.raises(DestinationError, match="others than were asked for"):
        there.destination.push([erasure if known else replace(erasure, record_id=None)])
    assert "2" in held(there, "marketo", "leads")


def test_a_record_id_that_is_no_number_erases_nobody(there: StandIn) -> None:
    (outcome,) = there.destination.push([replace(change("marketo", 1, "erase"), record_id="x")])
    assert outcome.error_code == "RECORD_ID"
