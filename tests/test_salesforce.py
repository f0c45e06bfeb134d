"""Salesforce against the sandbox: rows by id and by external id, jobs, tokens, every code."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from stand_ins import CASES, StandIn, change, salesforce_id, standing_in

from sync.answers import Answer
from sync.changes import Change, Field, Outcome
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.in_calls import in_calls
from sync.destinations.salesforce import Salesforce
from sync.destinations.salesforce_answers import read_outcomes
from sync.destinations.salesforce_bulk import CLEARED, Bulk, _csv
from sync.destinations.salesforce_connect import JWT_BEARER, Settings, classify, fetch_token, form
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)

LEADS = "salesforce leads"
SECRET = {"URL": "https://example.my.salesforce.com", "CLIENT_ID": "c", "CLIENT_SECRET": "s"}


@pytest.fixture
def org(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    monkeypatch.setattr(Bulk.__init__, "__kwdefaults__", {"sleep": lambda _seconds: None})
    with standing_in(LEADS, tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(CASES[LEADS].fields)
        yield opened


@pytest.fixture
def jobs(org: StandIn) -> StandIn:
    """The same, where ten rows are worth a job."""
    assert isinstance(org.destination, Salesforce)
    org.destination._options = replace(org.destination._options, bulk_from=10)
    return org


def new(number: int, **fields: str | None) -> Change:
    one = change(LEADS, number, "upsert")
    return replace(one, record_id=None, fields={**one.fields, **fields}, types=TYPES)


TYPES = {field.name: field.type for field in CASES[LEADS].fields}


def lead(org: StandIn, number: int) -> Any:
    return org.get("held?service=salesforce")["Lead"].get(salesforce_id("Lead", number))


def born(org: StandIn, number: int) -> Any:
    """Give the lead that was made for a row."""
    leads = org.get("held?service=salesforce").get("Lead", {}).values()
    return next((one for one in leads if one.get("Decile_Key__c") == f"c{number}"), None)


def born_as(org: StandIn, number: int) -> tuple[str, str, float]:
    made = born(org, number)
    return made["LastName"], made["Company"], float(made["decile_score__c"])


def paths(org: StandIn) -> list[str]:
    return [f"{call['method']} {call['path'].rsplit('v68.0/')[-1]}" for call in org.writes()]


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


# Which call a row takes.


def test_known_leads_go_by_id_and_new_ones_by_the_external_id(org: StandIn) -> None:
    outcomes = org.destination.push([new(901), change(LEADS, 5), new(902)])
    assert statuses(outcomes) == ["accepted"] * 3
    assert outcomes[1].destination_id == salesforce_id("Lead", 5)
    assert born(org, 901)["LastName"] == "Lovelace"
    assert paths(org) == [
        "PATCH composite/sobjects",
        "PATCH composite/sobjects/Lead/Decile_Key__c",
    ]


@pytest.mark.parametrize("bulk_from", [1, 1_000])
def test_who_exists_keeps_what_only_a_new_lead_is_given(org: StandIn, bulk_from: int) -> None:
    org.destination.push([new(901)])
    assert isinstance(org.destination, Salesforce)
    org.destination._options = replace(org.destination._options, bulk_from=bulk_from)
    born = {"LastName": "Byron", "decile_note__c": None, "decile_score__c": "9"}
    rows = [
        replace(new(number, **born), only_new=frozenset({"LastName", "Company", "decile_note__c"}))
        for number in (901, 902)
    ]
    assert statuses(org.destination.push(rows)) == ["accepted"] * 2
    leads = [born_as(org, number) for number in (901, 902)]
    assert leads == [("Lovelace", "Engines", 9), ("Byron", "Engines", 9)]


def test_four_hundred_and_one_rows_make_three_calls(org: StandIn) -> None:
    outcomes = org.destination.push([new(number) for number in range(1000, 1401)])
    assert statuses(outcomes) == ["accepted"] * 401
    assert [call["rows"] for call in org.writes()] == [200, 200, 1]


def test_a_record_that_two_rows_name_is_in_two_calls(org: StandIn) -> None:
    twice = [change(LEADS, 5, token="a"), change(LEADS, 5, token="b")]
    assert statuses(org.destination.push(twice)) == ["accepted"] * 2
    assert [call["rows"] for call in org.writes()] == [1, 1]


def test_a_new_record_without_what_it_needs_is_rejected_with_the_field(org: StandIn) -> None:
    bare = replace(new(901), fields={"decile_score__c": "7"})
    (outcome,) = org.destination.push([bare])
    assert outcome.error_code == "REQUIRED_FIELD_MISSING"
    assert "LastName, Company" in str(outcome.message)
    assert "create_fields" in str(outcome.message)


@pytest.mark.parametrize("operation", ["upsert", "remove", "erase"])
def test_a_row_that_names_no_record_is_rejected_alone(org: StandIn, operation: Any) -> None:
    nobody = replace(new(901), operation=operation, unique_key="")
    outcomes = org.destination.push([nobody, change(LEADS, 1)])
    assert statuses(outcomes) == ["rejected", "accepted"]
    assert outcomes[0].error_code == "NO_KEY"


def test_a_removal_of_what_was_never_there_makes_nothing(org: StandIn) -> None:
    gone = replace(change(LEADS, 901, "remove"), record_id=None)
    assert statuses(org.destination.push([gone])) == ["accepted"]
    assert org.writes() == []
    assert born(org, 901) is None


def test_a_removal_without_an_id_finds_its_record_by_the_external_id(org: StandIn) -> None:
    odd = replace(new(901), unique_key="o'b\\c")
    org.destination.push([odd])
    removal = replace(change(LEADS, 901, "remove"), record_id=None, unique_key="o'b\\c")
    (outcome,) = org.destination.push([removal])
    assert outcome.status == "accepted"
    (kept,) = org.get("held?service=salesforce")["Lead"].values()
    assert (kept["decile_score__c"], kept["LastName"]) == (None, "Lovelace")


def test_a_field_that_was_deleted_since_needs_no_clearing(org: StandIn) -> None:
    org.destination.push([change(LEADS, 1)])
    removal = change(LEADS, 1, "remove", {"decile_score": None, "of_last_year": None})
    assert statuses(org.destination.push([removal])) == ["accepted"]
    assert lead(org, 1)["decile_score__c"] is None


def test_an_erasure_is_one_call_for_many_and_harmless_for_what_is_gone(org: StandIn) -> None:
    org.destination.push([new(901)])
    erasures = [change(LEADS, 1, "erase"), change(LEADS, 2, "erase")]
    erasures += [replace(change(LEADS, 901, "erase"), record_id=None)]
    for _ in range(2):
        assert statuses(org.destination.push(erasures)) == ["accepted"] * 3
    assert paths(org).count("DELETE composite/sobjects") == 2
    assert born(org, 901) is None


def test_no_update_hands_a_lead_to_another_owner(org: StandIn) -> None:
    # The contract asks for the header on every write.
    assert statuses(org.destination.push([change(LEADS, 1), new(901)])) == ["accepted"] * 2


# Jobs.


def test_many_rows_are_one_job(jobs: StandIn) -> None:
    outcomes = jobs.destination.push([new(number) for number in range(1000, 1050)])
    assert statuses(outcomes) == ["accepted"] * 50
    ids = {outcome.destination_id for outcome in outcomes}
    assert len(ids) == 50
    assert None not in ids
    (upload,) = paths(jobs)
    assert upload.startswith("PUT jobs/ingest/750")


def test_a_job_leaves_what_the_calls_leave(
    org: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = [
        {"decile_note__c": 'Müller, "O\'B"\n東京', "decile_value__c": "-0.5"},
        {"decile_note__c": "", "decile_is_hot__c": None, "decile_score__c": None},
        {"decile_is_hot__c": "true", "decile_scored_on__c": "2026-02-28"},
        {"decile_scored_at__c": "2026-07-01T12:30:00.005Z"},
    ]
    rows = [replace(change(LEADS, n), fields=one, types=TYPES) for n, one in enumerate(fields, 1)]
    rows += [new(901, **fields[0]), new(902, **fields[1])]
    before = [change(LEADS, n, fields={"decile_note": "old"}) for n in (1, 2)]
    left = []
    for bulk_from in (1_000, 1):
        assert isinstance(org.destination, Salesforce)
        org.destination._options = replace(org.destination._options, bulk_from=bulk_from)
        assert statuses(org.destination.push(before)) == ["accepted"] * 2
        assert statuses(org.destination.push(rows)) == ["accepted"] * 6
        left.append([lead(org, n) for n in (1, 2, 3, 4)] + [born(org, n) for n in (901, 902)])
    assert left[0] == left[1]
    assert left[0][1]["decile_note__c"] is None
    assert left[0][1]["decile_is_hot__c"] is False


def test_a_text_that_would_clear_in_a_job_does_not_go_by_one(jobs: StandIn) -> None:
    rows = [new(number, decile_note__c=CLEARED) for number in range(1000, 1020)]
    assert statuses(jobs.destination.push(rows)) == ["accepted"] * 20
    assert born(jobs, 1000)["decile_note__c"] == CLEARED


def test_a_bad_row_of_a_job_is_rejected_alone_and_unshown(jobs: StandIn) -> None:
    rows = [new(number) for number in range(1000, 1020)]
    rows[3] = new(1003, decile_note__c="Lovelace " * 50)
    outcomes = jobs.destination.push(rows)
    assert statuses(outcomes) == [*["accepted"] * 3, "rejected", *["accepted"] * 16]
    assert outcomes[3].error_code == "STRING_TOO_LONG"
    assert "Lovelace" not in str(outcomes)


def test_a_job_that_lacks_a_field_stops_with_the_next_step(jobs: StandIn) -> None:
    rows = [new(number, decile_other__c="1") for number in range(1000, 1020)]
    with pytest.raises(AccessRefused, match="decile setup salesforce"):
        jobs.destination.push(rows)


@pytest.mark.parametrize("path", ["/batches", "/jobs/ingest/750", "Results"])
@pytest.mark.parametrize("kind", ["cut", "not_json"])
def test_an_answer_of_a_job_that_stays_lost_is_no_success(
    jobs: StandIn, path: str, kind: str
) -> None:
    jobs.fault(kind, path=path, times=None)
    rows = [new(number) for number in range(1000, 1020)]
    try:
        outcomes = jobs.destination.push(rows)
    except Ambiguous:
        outcomes = []
    # The body of the answer to an upload is not read.
    assert not outcomes or path == "/batches"
    jobs.no_faults()
    assert statuses(jobs.destination.push(rows)) == ["accepted"] * 20


def test_a_lost_answer_of_one_step_is_asked_for_again(jobs: StandIn) -> None:
    rows = [new(number) for number in range(1000, 1020)]
    for path in ("Results", "/jobs/ingest/750"):
        jobs.fault("cut", path=path, after=int(path != "Results"))
        assert statuses(jobs.destination.push(rows)) == ["accepted"] * 20


class Scripted:
    """Stands in for the HTTP client of a job: gives one answer after the other."""

    def __init__(self, *states: Mapping[str, object]) -> None:
        self.states = list(states)

    def send(self, method: str, path: str, **_: object) -> Answer:
        if path.endswith("Results/"):
            return Answer("S", method, path, 200, {}, None, None, "")
        if method != "GET":
            return Answer("S", method, path, 200, {}, {"id": "750x"})
        body = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return Answer("S", method, path, 200, {}, body)


def failed_job(why: str) -> Mapping[str, object]:
    return {"state": "Failed", "errorMessage": why}


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ({"state": "InProgress"}, Ambiguous),
        ({"state": "Open"}, DestinationError),
        ({"state": "Aborted"}, Ambiguous),
        (failed_job("InvalidBatch : Ada is no header"), BatchRefused),
        (failed_job("InvalidBatch : Field name not found : X"), AccessRefused),
    ],
)
def test_a_job_that_does_not_get_done_has_its_error(
    state: Mapping[str, object], error: type[Exception]
) -> None:
    naps: list[float] = []
    bulk = Bulk(Scripted(state), "Lead", "68.0", sleep=naps.append)
    with pytest.raises(error) as caught:
        bulk.write([new(1)], [{"Decile_Key__c": "c1"}], key="Decile_Key__c")
    assert sum(naps) < 300
    assert "Ada" not in str(caught.value)


def test_a_row_that_no_result_names_is_pending() -> None:
    done = Scripted({"state": "InProgress"}, {"state": "JobComplete"})
    bulk = Bulk(done, "Lead", "68.0", sleep=lambda _: None)
    outcomes = bulk.write([new(1)], [{"Decile_Key__c": "c1"}], key="Decile_Key__c")
    assert statuses(outcomes) == ["pending"]


@examples(deadline=None, max_examples=50)
@given(st.lists(st.text(alphabet="aé🙂\"',;\r\n #", max_size=8), max_size=4))
def test_what_is_uploaded_reads_as_what_it_was(values: list[str]) -> None:
    row = {"Id": "x", **{f"f{number}": value for number, value in enumerate(values)}}
    (read,) = csv.DictReader(io.StringIO(_csv([row], "Id").decode(), newline=""))
    assert read == {name: value or CLEARED for name, value in row.items()}


# Tokens.


def test_a_session_that_ran_out_is_renewed_once(org: StandIn) -> None:
    org.fault("status", status=401, path="/composite")
    assert statuses(org.destination.push([change(LEADS, 1)])) == ["accepted"]
    tokens = [call for call in org.get("calls")["calls"] if call["path"].endswith("/token")]
    assert len(tokens) == 2


def test_a_refused_client_names_what_to_check(org: StandIn) -> None:
    wrong = {"URL": f"{org.sandbox.url}/salesforce", "CLIENT_ID": "x", "CLIENT_SECRET": "Secret!"}
    with connect(**wrong) as connection, pytest.raises(AccessRefused, match="run-as user") as found:
        connection.destination.check()
    assert "invalid_client_id" in str(found.value)
    assert "Secret!" not in str(found.value)


def test_an_org_at_another_address_never_gets_the_token(org: StandIn) -> None:
    url = org.sandbox.url.replace("127.0.0.1", "localhost")
    settings = {"URL": f"{url}/salesforce", "CLIENT_ID": "sandbox"}
    with connect(**settings, CLIENT_SECRET=org.sandbox.token) as connection:
        connection.destination.check()  # the sandbox answers to both names
    moved = replace(Settings.read(named(SECRET), Target("leads")), client_secret="s")

    class Elsewhere:
        def send(self, *_: object, **__: object) -> Answer:
            body = {"access_token": "t", "instance_url": "https://other.my.salesforce.com"}
            return Answer("Salesforce", "POST", "/token", 200, {}, body)

    with pytest.raises(AccessRefused, match="SALESFORCE_URL"):
        fetch_token(Elsewhere(), moved)


@pytest.fixture(scope="module")
def key() -> Any:
    return generate_private_key(public_exponent=65537, key_size=2048)


def test_a_key_signs_an_assertion_that_opens_the_org(
    org: StandIn, key: Any, tmp_path: Path
) -> None:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    file = tmp_path / "key.pem"
    file.write_text(pem)
    for form_of_key in (pem, pem.replace("\n", "\\n"), str(file)):
        settings = {
            "URL": f"{org.sandbox.url}/salesforce",
            "CLIENT_ID": "sandbox",
            "USERNAME": "sandbox@example.com",
            "PRIVATE_KEY": form_of_key,
        }
        sent = form(Settings.read(named(settings), Target("leads")), now=1_000_000)
        assert sent["grant_type"] == JWT_BEARER
        claims = jwt.decode(
            sent["assertion"], key.public_key(), algorithms=["RS256"],
            audience="https://login.salesforce.com", options={"verify_exp": False},
        )  # fmt: skip
        assert (claims["iss"], claims["sub"]) == ("sandbox", "sandbox@example.com")
        assert 0 < claims["exp"] - 1_000_000 <= 180
        with connect(**settings) as connection:
            assert all(finding.ok for finding in connection.destination.check())


@pytest.mark.parametrize("text", ["-----BEGIN RSA PRIVATE KEY-----\nhunter2", "/no/such/hunter2"])
def test_a_key_that_is_none_is_a_mistake_and_not_shown(text: str) -> None:
    settings = {**SECRET, "CLIENT_SECRET": "", "USERNAME": "u", "PRIVATE_KEY": text}
    with pytest.raises(ConfigError, match="PRIVATE_KEY") as caught:
        form(Settings.read(named(settings), Target("leads")), now=0)
    assert "hunter2" not in str(caught.value)


# What an answer means.


def answered(status: int, code: str) -> Answer:
    body = [{"errorCode": code, "message": "ada@example.com"}]
    return Answer("Salesforce", "PATCH", "/x", status, {}, None, body)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "INVALID_FIELD", AccessRefused),
        (400, "JSON_PARSER_ERROR", BatchRefused),
        (400, "EXCEEDED_ID_LIMIT", BatchRefused),
        (401, "INVALID_SESSION_ID", AccessRefused),
        (403, "REQUEST_LIMIT_EXCEEDED", QuotaExhausted),
        (403, "INSUFFICIENT_ACCESS", AccessRefused),
        (403, "API_DISABLED_FOR_ORG", AccessRefused),
        (404, "NOT_FOUND", AccessRefused),
        (410, "GONE", DestinationError),
        (429, "TOO_MANY", Retriable),
    ],
)
def test_every_status_has_its_class(status: int, code: str, error: type[Exception]) -> None:
    found = classify(answered(status, code))
    assert type(found) is error
    assert "ada@example.com" not in str(found)
    assert getattr(found, "token_ran_out", False) == (status == 401)


def test_what_is_left_open_is_answered_as_everywhere() -> None:
    assert classify(answered(500, "UNKNOWN_EXCEPTION")) is None
    assert classify(Answer("Salesforce", "GET", "/x", 200, {}, {})) is None


def row_of(code: str, *fields: str, operation: Any = "update") -> Outcome:
    body = [{"success": False, "errors": [{"statusCode": code, "fields": fields, "message": "!"}]}]
    body.append({"success": True, "id": "00Q1"})
    changes = [change(LEADS, 1, operation), change(LEADS, 2)]
    answer = Answer("Salesforce", "PATCH", "/x", 200, {}, None, body)
    return read_outcomes(changes, answer)[0]


@pytest.mark.parametrize(
    ("code", "operation", "status"),
    [
        ("UNABLE_TO_LOCK_ROW", "update", "pending"),
        ("DUPLICATES_DETECTED", "update", "rejected"),
        ("CANNOT_UPDATE_CONVERTED_LEAD", "update", "rejected"),
        ("INVALID_FIELD", "update", "rejected"),
        ("ENTITY_IS_DELETED", "update", "rejected"),
        ("ENTITY_IS_DELETED", "remove", "accepted"),
        ("INVALID_CROSS_REFERENCE_KEY", "erase", "accepted"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "erase", "rejected"),
        ("free text", "update", "rejected"),
    ],
)
def test_every_code_of_a_row_has_its_status(code: str, operation: str, status: str) -> None:
    outcome = row_of(code, operation=operation)
    assert outcome.status == status
    assert outcome.error_code in (None, code, "UNKNOWN")


def test_if_every_row_lacks_a_field_the_run_stops() -> None:
    error = {"success": False, "errors": [{"statusCode": "INVALID_FIELD"}]}
    answer = Answer("Salesforce", "PATCH", "/x", 200, {}, None, [error])
    with pytest.raises(AccessRefused, match="decile_score__c"):
        read_outcomes([change(LEADS, 1)], answer)


@pytest.mark.parametrize("items", [[], [{}, {}], [{"success": True}] * 3])
def test_an_answer_with_another_number_of_rows_says_nothing(items: list[object]) -> None:
    answer = Answer("Salesforce", "PATCH", "/x", 200, {}, None, items)
    with pytest.raises(Ambiguous):
        read_outcomes([change(LEADS, 1)], answer)


json_values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "success", "errors", "statusCode"]), inner)
    ),
    max_leaves=8,
)


@examples(deadline=None, max_examples=50)
@given(st.lists(json_values, min_size=2, max_size=2))
def test_no_answer_however_odd_breaks_the_reading(items: list[object]) -> None:
    changes = [change(LEADS, 1), change(LEADS, 2)]
    outcomes = read_outcomes(changes, Answer("S", "PATCH", "/x", 200, {}, None, items))
    assert [outcome.token for outcome in outcomes] == [one.token for one in changes]
    for outcome, item in zip(outcomes, items, strict=True):
        assert outcome.status == "pending" or isinstance(item, dict)


def test_a_used_up_day_leaves_the_rest_pending(org: StandIn) -> None:
    org.fault("status", status=403, policy="DAILY", path="/composite", after=1, times=None)
    outcomes = org.destination.push([new(number) for number in range(1000, 1450)])
    assert statuses(outcomes) == [*["accepted"] * 200, *["pending"] * 250]
    assert {outcome.error_code for outcome in outcomes[200:]} == {"quota_exhausted"}
    with pytest.raises(QuotaExhausted, match="24 hours"):
        org.destination.push([new(2000)])


# Several calls.


@examples(deadline=None, max_examples=50)
@given(
    st.lists(st.integers(1, 30), max_size=25),
    st.sets(st.integers(1, 30)),
    st.integers(1, 7),
)
def test_bad_rows_are_found_and_no_row_is_lost(
    records: list[int], bad: set[int], size: int
) -> None:
    changes = [
        Change(f"t{place}", f"k{place}", "update", str(record), "", {})
        for place, record in enumerate(records)
    ]

    def write(rows: Any) -> list[Outcome]:
        assert 1 <= len(rows) <= size
        assert len({row.record_id for row in rows}) == len(rows)
        if any(int(row.record_id) in bad for row in rows):
            raise BatchRefused("no", code="NO")
        return [Outcome(row.token, "accepted") for row in rows]

    outcomes = in_calls(changes, size, write, record=lambda one: str(one.record_id))
    assert [one.token for one in outcomes] == [one.token for one in changes]
    assert [one.status == "rejected" for one in outcomes] == [record in bad for record in records]


def test_three_calls_without_an_answer_end_the_batch() -> None:
    calls = []

    def write(rows: Any) -> list[Outcome]:
        calls.append(rows)
        if len(calls) == 1:
            return [Outcome(row.token, "accepted") for row in rows]
        raise Ambiguous("lost")

    changes = [change(LEADS, number) for number in range(1, 11)]
    outcomes = in_calls(changes, 1, write, record=lambda one: one.token)
    assert statuses(outcomes) == ["accepted", *["pending"] * 9]
    assert len(calls) == 4


# Tasks.


def test_a_task_gets_the_defaults_of_its_sync_and_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES["salesforce tasks"]
    wanted = replace(case, settings={"subject": "Call", "priority": "High"})
    monkeypatch.setitem(CASES, "salesforce tasks", wanted)
    with standing_in("salesforce tasks", tmp_path, monkeypatch) as org:
        org.destination.apply_setup(case.fields)
        row = change("salesforce tasks", 1, token="t")
        row = replace(row, fields={"WhoId": "00Q000000000001AAA"})
        first, again = org.destination.push([row]), org.destination.push([row])
        assert first == again
        (task,) = org.get("held?service=salesforce")["Task"].values()
    assert (task["Subject"], task["Priority"], task["Decile_Key__c"]) == ("Call", "High", "k1")
    assert task["WhoId"] == "00Q000000000001AAA"


# Setup.


def test_without_leave_the_setup_says_how_and_makes_nothing(org: StandIn) -> None:
    settings = {"URL": f"{org.sandbox.url}/salesforce", "CLIENT_ID": "sandbox"}
    extra = Field("c", "Lead_Grade__c", "number", "Grade", "")
    with connect(**settings, CLIENT_SECRET=org.sandbox.token) as connection:
        step = connection.destination.apply_setup([extra])[0]
        assert connection.destination.plan_setup([extra])[0] == step
    assert step.action == "conflict"
    assert "Number(18, 2)" in step.detail
    assert "SALESFORCE_CREATE_FIELDS" in step.detail


@pytest.mark.parametrize(
    ("name", "type_", "hint"),
    [
        ("Company", "integer", "is string"),
        ("CreatedDate", "timestamp", "may not edit"),
        ("Lead Grade", "string", "then __c"),
        ("Grade", "string", "then __c"),
    ],
)
def test_the_setup_reports_what_does_not_fit(
    org: StandIn, name: str, type_: Any, hint: str
) -> None:
    step = org.destination.apply_setup([Field("column", name, type_, "Label", "")])[0]
    assert (step.action, hint in step.detail) == ("conflict", True)


def test_a_check_says_that_the_external_id_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in(LEADS, tmp_path, monkeypatch) as org:
        wrong = [finding.name for finding in org.destination.check() if not finding.ok]
    assert wrong == ["Decile_Key__c"]


# Settings.


def named(settings: Mapping[str, str]) -> dict[str, str]:
    return {f"SALESFORCE_{name}": value for name, value in settings.items()}


def connect(**settings: str) -> Any:
    return DESTINATIONS["salesforce"].connect(named(settings), Target("leads"))


@pytest.fixture(autouse=True)
def own_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "settings",
    [
        {"CLIENT_SECRET": ""},
        {"USERNAME": "u", "PRIVATE_KEY": "k"},
        {"USERNAME": "u"},
        {"CLIENT_SECRET": "", "USERNAME": "u"},
        {"API_VERSION": "v68"},
        {"EXTERNAL_ID": "Email"},
        {"BULK_FROM": "0"},
        {"CALLS_PER_MINUTE": "many"},
        {"CREATE_FIELDS": "maybe"},
        {"ACCOUNT": "sandbox"},
        {"URL": "http://example.my.salesforce.com"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError), connect(**{**SECRET, **settings}):
        pass


def test_the_account_has_a_name() -> None:
    with connect(**SECRET, ACCOUNT="emea") as connection:
        assert connection.account == "emea"
        assert connection.destination.capabilities.rows_per_second == 1000


def test_who_has_another_id_by_now_is_erased_there(org: StandIn) -> None:
    org.destination.push([change(LEADS, 1, "erase"), new(901)])
    erasures = [
        replace(change(LEADS, 1, "erase"), unique_key="c901"),
        change(LEADS, 2, "erase"),
    ]
    assert statuses(org.destination.push(erasures)) == ["accepted"] * 2
    assert born(org, 901) is None
