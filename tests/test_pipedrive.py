"""Pipedrive against the sandbox: who is searched or created, fields by name, no activity twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from stand_ins import (
    CASES,
    StandIn,
    change,
    held,
    pipedrive_activity,
    pipedrive_person,
    standing_in,
)

from sync.answers import Answer
from sync.changes import Change, Field, Outcome
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.pipedrive import Records, classify
from sync.destinations.pipedrive_activities import reference
from sync.destinations.pipedrive_fields import PersonField, id_of
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)
from sync.http import HttpClient

SPEC = Path(__file__).parents[2] / "shared" / "specs" / "pipedrive" / "pipedrive-v2-openapi.yml"
ADDRESS = "c901@example.com"


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("pipedrive", tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(CASES["pipedrive"].fields)
        yield opened


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    case = replace(CASES["pipedrive activities"], settings={"type": "call"})
    monkeypatch.setitem(CASES, "pipedrive activities", case)
    with standing_in("pipedrive activities", tmp_path, monkeypatch) as opened:
        yield opened


def new(number: int = 901, **fields: str | None) -> Change:
    one = replace(change("pipedrive", number, "upsert"), record_id=None)
    return replace(one, fields={**one.fields, **fields})


def persons(company: StandIn) -> dict[str, dict[str, Any]]:
    return held(company, "pipedrive", "person")


def calls(company: StandIn, kind: str = "/person") -> list[str]:
    found = [call for call in company.get("calls")["calls"] if kind in call["path"]]
    return [f"{call['method']} {call['path'].removeprefix('/pipedrive/api/v2')}" for call in found]


def again(company: StandIn) -> Any:
    """Open the same company as another run does."""
    settings = {
        "PIPEDRIVE_TOKEN": company.sandbox.token,
        "PIPEDRIVE_BASE_URL": f"{company.sandbox.url}/pipedrive/api/v2",
    }
    return DESTINATIONS["pipedrive"].connect(settings, Target("persons"))


@pytest.fixture(autouse=True)
def own_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# Who is written.


def test_a_known_person_takes_one_call(company: StandIn) -> None:
    before = len(calls(company))
    outcomes = company.destination.push([change("pipedrive", number) for number in (5, 6)])
    assert [outcome.destination_id for outcome in outcomes] == ["5", "6"]
    assert calls(company)[before:] == ["GET /personFields", "PATCH /persons/5", "PATCH /persons/6"]


def test_an_unknown_person_is_searched_and_then_created_with_the_address(company: StandIn) -> None:
    (outcome,) = company.destination.push([new(name="Ada")])
    person = persons(company)[str(outcome.destination_id)]
    assert (person["name"], person["emails"][0]["value"]) == ("Ada", ADDRESS)
    assert calls(company)[-2:] == ["GET /persons/search", "POST /persons"]


def test_a_person_without_a_name_is_called_by_the_address(company: StandIn) -> None:
    (outcome,) = company.destination.push([new()])
    assert persons(company)[str(outcome.destination_id)]["name"] == ADDRESS


def test_a_person_that_is_found_is_updated_and_keeps_name_and_addresses(company: StandIn) -> None:
    found = replace(new(name="Not Ada", owner_id="7"), unique_key="Person7@example.com ")
    (outcome,) = company.destination.push([found])
    assert outcome.destination_id == "7"
    person = persons(company)["7"]
    assert (person["name"], "owner_id" in person) == ("Unknown", False)
    assert [email["value"] for email in person["emails"]] == ["person7@example.com"]
    assert pipedrive_person(company, 7) == {"decile_score": 7}


def test_who_exists_keeps_what_only_a_new_person_is_given(company: StandIn) -> None:
    company.destination.push([change("pipedrive", 7, "update", {"decile_note": "mine"})])
    born = new(decile_note="born", decile_score="9", name="Bob")
    rows = [
        replace(row, only_new=frozenset({"decile_note", "name"}))
        for row in (born, replace(born, token="b", unique_key="person7@example.com"))
    ]
    made, _ = company.destination.push(rows)
    notes = [pipedrive_person(company, int(name)) for name in (str(made.destination_id), "7")]
    assert [one and one["decile_note"] for one in notes] == ["born", "mine"]
    assert notes[1] == {"decile_note": "mine", "decile_score": 9}


def test_who_was_just_created_is_not_created_again_for_another_row(company: StandIn) -> None:
    rows = [new(), replace(new(902), unique_key=ADDRESS.upper())]
    first, second = company.destination.push(rows)
    assert first.destination_id == second.destination_id
    assert len(persons(company)) == 1
    # The search may not know them yet, so it is not asked.
    assert calls(company).count("GET /persons/search") == 1


def test_several_persons_of_one_address_are_a_conflict_and_none_is_written(
    company: StandIn,
) -> None:
    (known,) = company.destination.push([new()])
    url = f"{company.sandbox.url}/pipedrive/api/v2/persons"
    body = {"name": "Twin", "emails": [{"value": ADDRESS, "primary": True, "label": "work"}]}
    requests.post(url, json=body, headers={"x-api-token": company.sandbox.token}, timeout=5)
    before = persons(company)
    for operation in ("upsert", "remove", "erase"):
        row: Any = replace(new(decile_score="9"), operation=operation)
        with again(company) as connection:
            (outcome,) = connection.destination.push([row])
        assert (outcome.status, outcome.error_code) == ("rejected", "SEVERAL_PERSONS")
        assert ADDRESS not in str(outcome)
    assert persons(company) == before
    assert len(before) == 2
    assert known.destination_id in before


def test_a_creation_without_an_answer_is_not_repeated_but_looked_for(company: StandIn) -> None:
    company.fault("applied_then_502", path="/persons")
    with pytest.raises(Ambiguous):
        company.destination.push([new()])
    assert calls(company).count("POST /persons") == 1
    (outcome,) = company.destination.push([new()])
    assert outcome.status == "accepted"
    assert len(persons(company)) == 1


def test_a_person_who_is_gone_is_rejected_removed_and_erased(company: StandIn) -> None:
    company.destination.push([change("pipedrive", 1, "erase")])
    operations: tuple[Any, ...] = ("update", "remove", "erase")
    outcomes = [company.destination.push([change("pipedrive", 1, one)])[0] for one in operations]
    assert [one.status for one in outcomes] == ["rejected", "accepted", "accepted"]
    assert outcomes[0].error_code == "NOT_FOUND"


def test_an_address_that_is_not_the_apis_erases_nobody(company: StandIn) -> None:
    company.fault("status", status=404, times=None)
    with pytest.raises(DestinationError):
        company.destination.push([change("pipedrive", 1, "erase")])


def test_a_list_that_is_no_answer_proves_nobody_gone() -> None:
    class Odd:
        def send(self, method: str, path: str, **_: object) -> Answer:
            return Answer("Pipedrive", method, path, 404, {}, {})

        def get(self, path: str, **_: object) -> Mapping[str, object]:
            return {"success": False, "path": path}

    with pytest.raises(DestinationError):
        Records(Odd(), "/persons").delete("1")


def test_a_removal_of_somebody_unknown_makes_nobody(company: StandIn) -> None:
    row = replace(change("pipedrive", 901, "remove"), record_id=None)
    assert company.destination.push([row])[0].status == "accepted"
    assert persons(company) == {}


def test_a_removal_leaves_the_name_and_fields_that_are_gone(company: StandIn) -> None:
    company.destination.push([change("pipedrive", 1, "update", {"decile_score": "7", "name": "A"})])
    gone: dict[str, str | None] = {"decile_score": None, "name": None, "of_last_year": None}
    assert (
        company.destination.push([change("pipedrive", 1, "remove", gone)])[0].status == "accepted"
    )
    assert (persons(company)["1"]["name"], pipedrive_person(company, 1)) == (
        "A",
        {"decile_score": None},
    )


# Fields.


def test_a_field_is_found_by_its_name_or_its_code(company: StandIn) -> None:
    (code,) = [
        one["field_code"]
        for one in held(company, "pipedrive", "_field").values()
        if one["field_name"] == "decile_score"
    ]
    company.destination.push([change("pipedrive", 1, "update", {code: "9"})])
    assert pipedrive_person(company, 1) == {"decile_score": 9}
    assert (
        company.destination.plan_setup([Field("c", code, "integer", "", "")])[0].action == "exists"
    )


def test_a_field_that_is_not_there_stops_with_the_next_step(company: StandIn) -> None:
    with pytest.raises(AccessRefused, match="decile setup pipedrive"):
        company.destination.push([change("pipedrive", 1, "update", {"other": "9"})])


def test_two_fields_of_one_name_are_not_guessed_between(company: StandIn) -> None:
    url = f"{company.sandbox.url}/pipedrive/api/v2/personFields"
    body = {"field_name": "decile_score", "field_type": "double"}
    requests.post(url, json=body, headers={"x-api-token": company.sandbox.token}, timeout=5)
    (step,) = company.destination.plan_setup(CASES["pipedrive"].fields[:1])
    assert step.action == "conflict"
    assert "map the code" in step.detail
    with again(company) as connection, pytest.raises(AccessRefused, match="several fields"):
        connection.destination.push([change("pipedrive", 1)])


@pytest.mark.parametrize(
    ("name", "type_", "hint"),
    [
        ("decile_note", "integer", "is text"),
        ("decile_score", "string", "is double"),
        ("name", "integer", "takes no integer"),
        ("0" * 40, "string", "no field of this code"),
    ],
)
def test_the_setup_reports_what_does_not_fit(
    company: StandIn, name: str, type_: Any, hint: str
) -> None:
    (step,) = company.destination.apply_setup([Field("c", name, type_, "", "")])
    assert (step.action, hint in step.detail) == ("conflict", True)


def test_a_refused_value_is_named_by_the_field_not_by_its_code(company: StandIn) -> None:
    row = change("pipedrive", 1, "update", {"decile_note": "Lovelace " * 9_000})
    (outcome,) = company.destination.push([row])
    assert outcome.error_code == "ERR_SCHEMA_VALIDATION_FAILED"
    assert "decile_note" in str(outcome.message)
    assert "Lovelace" not in str(outcome)


@pytest.mark.parametrize(("kind", "text"), [("double", "1,5"), ("double", "true"), ("enum", "x")])
def test_a_value_that_the_field_cannot_take_is_not_sent(kind: str, text: str) -> None:
    with pytest.raises(BatchRefused) as caught:
        PersonField("Grade", "c", kind, {"a": 1}).value(text)
    assert str(caught.value).startswith("Grade: ")
    assert text not in str(caught.value).removeprefix("Grade: ").split()


@settings(deadline=None, max_examples=50)
@given(st.decimals(-(10**15), 10**15, places=4))
def test_every_number_arrives_as_the_number_it_is(number: Any) -> None:
    assert PersonField("n", "c", "double").value(f"{number:f}") == float(number)


def test_options_are_found_by_their_label() -> None:
    one = PersonField("Band", "c", "enum", {"hot": 0, "yes": 2})
    assert [one.value(text) for text in ("Hot", "true", "", None)] == [0, 2, None, None]


# Activities.


def activity(number: int, **fields: str | None) -> Change:
    one = change("pipedrive activities", number)
    return replace(one, fields={**one.fields, **fields})


def test_an_activity_has_its_person_the_defaults_and_a_reference(tasks: StandIn) -> None:
    (outcome,) = tasks.destination.push(
        [activity(1, note="Hot since today", due_date="2026-07-01")]
    )
    made = pipedrive_activity(tasks, 1)
    assert made is not None
    assert str(made["id"]) == outcome.destination_id
    assert (made["type"], made["due_date"], made["person_id"]) == ("call", "2026-07-01", 1)
    assert made["note"] == f"Hot since today<br>{reference('k1')}"


def test_an_activity_whose_answer_got_lost_is_found_and_not_made_again(tasks: StandIn) -> None:
    tasks.fault("applied_then_502", path="/activities")
    with pytest.raises(Ambiguous):
        tasks.destination.push([activity(1)])
    (outcome,) = tasks.destination.push([activity(1)])
    assert outcome.status == "accepted"
    assert len(held(tasks, "pipedrive", "activity")) == 1


def test_two_rows_of_one_person_are_two_activities(tasks: StandIn) -> None:
    tasks.destination.push([activity(1), activity(2, person_id="1")])
    assert len(held(tasks, "pipedrive", "activity")) == 2


def test_an_erasure_by_id_and_by_what_was_sent(tasks: StandIn) -> None:
    first, _ = tasks.destination.push([activity(1), activity(2)])
    by_id = replace(change("pipedrive activities", 1, "erase"), record_id=first.destination_id)
    rows = [replace(by_id, previous={}), change("pipedrive activities", 2, "erase")]
    assert [one.status for one in tasks.destination.push(rows)] == ["accepted"] * 2
    assert held(tasks, "pipedrive", "activity") == {}


def test_an_erasure_looks_through_all_that_somebody_has(
    tasks: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.destinations.pipedrive_activities.LATEST", "1")
    tasks.destination.push([activity(number, person_id="1") for number in range(1, 7)])
    lost = replace(change("pipedrive activities", 1, "erase"), record_id=None, previous={})
    (outcome,) = tasks.destination.push([replace(lost, in_doubt=[{"person_id": "1"}])])
    assert outcome.status == "accepted"
    notes = [one["note"] for one in held(tasks, "pipedrive", "activity").values()]
    assert (len(notes), reference("k1") in notes) == (5, False)


def test_an_activity_of_nobody_known_is_not_called_erased(tasks: StandIn) -> None:
    lost = replace(change("pipedrive activities", 1, "erase"), record_id=None, previous={})
    (outcome,) = tasks.destination.push([lost])
    assert (outcome.status, outcome.error_code) == ("rejected", "NO_IDENTIFIER")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"person_id": None}, "FIELD_MISSING"),
        ({"subject": ""}, "FIELD_MISSING"),
        ({"person_id": "ada@example.com"}, "NO_RECORD_ID"),
        ({"colour": "red"}, "UNKNOWN_FIELD"),
    ],
)
def test_an_activity_that_makes_no_sense_is_rejected_unsent(
    tasks: StandIn, fields: dict[str, str | None], code: str
) -> None:
    (outcome,) = tasks.destination.push([activity(1, **fields)])
    assert (outcome.status, outcome.error_code) == ("rejected", code)
    assert "ada@example.com" not in str(outcome)
    assert calls(tasks, "/activities") == []


def test_the_setup_of_activities_knows_their_fields(tasks: StandIn) -> None:
    fields = [
        Field("c", "colour", "string", "", ""),
        Field("c", "due_date", "boolean", "", ""),
        Field("c", "subject", "string", "", ""),
    ]
    steps = tasks.destination.apply_setup(fields)
    assert [step.action for step in steps] == ["conflict", "conflict", "exists"]


# What an answer means.


def answered(status: int, headers: Mapping[str, str] | None = None, **body: object) -> Answer:
    return Answer("Pipedrive", "POST", "/persons", status, headers or {}, body)


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (answered(400, code="ERR_X", error="ada@example.com"), BatchRefused, "ERR_X"),
        (answered(400, code="ada@example.com"), BatchRefused, "400"),
        (answered(422), BatchRefused, "422"),
        (answered(401), AccessRefused, None),
        (answered(402), AccessRefused, None),
        (answered(403, code="feature_capping_custom_fields"), AccessRefused, None),
        (answered(429, {"x-ratelimit-reset": "2"}), Retriable, None),
        (answered(429), Retriable, None),
        (answered(429, {"x-ratelimit-reset": "7200"}), QuotaExhausted, None),
    ],
)
def test_every_status_has_its_class(
    answer: Answer, error: type[Exception], code: str | None
) -> None:
    found = classify(answer)
    assert type(found) is error
    assert getattr(found, "code", None) == code
    assert "ada@example.com" not in str(found)


def test_a_burst_is_waited_out_and_a_day_says_when_it_opens() -> None:
    burst = classify(answered(429, {"x-ratelimit-reset": "3"}))
    assert isinstance(burst, Retriable)
    assert burst.retry_after == 3
    day = classify(answered(429, {"x-ratelimit-reset": "7200"}))
    assert isinstance(day, QuotaExhausted)
    assert day.resumes_at
    assert abs(day.resumes_at - datetime.now(UTC) - timedelta(hours=2)) < timedelta(minutes=1)


@pytest.mark.parametrize("body", [{}, {"success": False}, {"success": True, "data": {}}])
def test_an_answer_without_an_id_is_no_success(body: dict[str, object]) -> None:
    with pytest.raises(Ambiguous):
        id_of(answered(200, **body))


# Settings.


@pytest.mark.parametrize(
    "given_settings",
    [
        {"CALLS_PER_2S": "0"},
        {"CALLS_PER_2S": "many"},
        {"ACCOUNT": "sandbox"},
        {"BASE_URL": "http://api.pipedrive.com"},
        {"TOKEN": "two words"},
    ],
)
def test_settings_that_make_no_sense_are_refused(given_settings: dict[str, str]) -> None:
    named = {f"PIPEDRIVE_{name}": value for name, value in {"TOKEN": "t", **given_settings}.items()}
    with pytest.raises(ConfigError):
        DESTINATIONS["pipedrive"].connect(named, Target("persons")).__enter__()


def test_the_account_has_a_name_and_the_limit_is_in_the_capabilities() -> None:
    named = {"PIPEDRIVE_TOKEN": "t", "PIPEDRIVE_CALLS_PER_2S": "40"}
    with DESTINATIONS["pipedrive"].connect(named, Target("persons")) as connection:
        assert connection.account == "live"
        assert connection.destination.capabilities.rows_per_second == 20


@pytest.mark.parametrize("operation", ["update", "upsert", "remove", "erase"])
@pytest.mark.parametrize("key", ["", " ", "k1"])
def test_a_row_that_names_nobody_is_rejected_alone(
    company: StandIn, operation: Any, key: str
) -> None:
    nobody = Change("t", "k", operation, None, key, {"decile_score": "7"})
    outcomes = company.destination.push([nobody, change("pipedrive", 1)])
    assert [one.status for one in outcomes] == ["rejected", "accepted"]
    assert outcomes[0].error_code == "NO_ADDRESS"
    assert "GET /persons/search" not in calls(company)


# The vendor's own specification, where it is at hand.


@cache
def spec() -> OpenAPI:
    text = SPEC.read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast
    document = yaml.load(text, Loader=loader)  # noqa: S506  (safe, both of them)
    used = ("/persons", "/persons/{id}", "/persons/search", "/personFields", "/activities")
    document["paths"] = {path: document["paths"][path] for path in (*used, "/activities/{id}")}
    return OpenAPI.from_dict(document)


@pytest.mark.skipif(not SPEC.exists(), reason="the vendor's specification is not at hand")
def test_what_is_sent_is_what_the_vendor_specifies(
    company: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def noted(session: Any, request: requests.PreparedRequest, **more: Any) -> Any:
        if "/pipedrive/" in str(request.url):
            sent.append(request.copy())
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", noted)
    target = Target("activities", {"type": "call"})
    environment = {"DECILE_SANDBOX_URL": company.sandbox.url, "DECILE_RATES": "rates.sqlite"}
    extra = Field("c", "decile_extra", "boolean", "", "")
    company.destination.apply_setup([extra])
    outcomes: list[Outcome] = company.destination.push(
        [new(decile_score="7", decile_is_hot="true"), change("pipedrive", 1)]
    )
    outcomes += company.destination.push([change("pipedrive", 1, "remove")])
    outcomes += company.destination.push([change("pipedrive", 1, "erase")])
    outcomes += company.destination.push([change("pipedrive", 1, "erase")])
    company.destination.check()
    with DESTINATIONS["pipedrive"].connect(environment, target) as connection:
        made = connection.destination.push([activity(2, due_date="2026-07-01")])
        gone = replace(change("pipedrive activities", 2, "erase"), record_id=made[0].destination_id)
        outcomes += [*made, *connection.destination.push([gone])]
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    assert len({(request.method, str(request.path_url).split("?")[0]) for request in sent}) > 8
    for request in sent:
        request.url = "https://api.pipedrive.com" + request.path_url.removeprefix("/pipedrive")
        spec().validate_request(RequestsOpenAPIRequest(request))


def test_who_has_another_id_by_now_is_erased_there(company: StandIn) -> None:
    company.destination.push([change("pipedrive", 1, "erase"), new()])
    erasure = replace(change("pipedrive", 1, "erase"), unique_key=ADDRESS.upper())
    for connection in (company.destination, company.destination):
        (outcome,) = connection.push([erasure])
        assert outcome.status == "accepted"
    assert persons(company) == {}


def test_a_search_that_answers_with_strangers_touches_none_of_them(
    company: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.destination.push([change("pipedrive", 2)])
    before = persons(company)
    item = {"item": {"id": 2, "emails": ["person2@example.com"]}}
    get = HttpClient.get

    def heedless(client: HttpClient, path: str, **given: Any) -> Any:
        is_search = path.endswith("/search")
        return {"data": {"items": [item]}} if is_search else get(client, path, **given)

    monkeypatch.setattr(HttpClient, "get", heedless)
    for operation in ("upsert", "remove", "erase"):
        row: Any = replace(new(), operation=operation)
        with pytest.raises(DestinationError, match="others than were asked for"):
            company.destination.push([row])
    assert persons(company) == before
