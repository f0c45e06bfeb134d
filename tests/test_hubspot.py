"""HubSpot contacts against the sandbox, fault by fault: one outcome per row, none invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_ins import ask

from sync.answers import Answer
from sync.changes import Change, Field, Operation
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.hubspot import HubSpotContacts, classify
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)
from sync.http import HttpClient, RetryPolicy
from sync.sandbox import Limit, Sandbox
from sync.scrub import REMOVED, scrub

FIELDS = (
    Field("lead_score", "decile_score", "integer", "Lead score", "1 to 100."),
    Field("band", "decile_band", "string", "Band", "Cold, warm or hot."),
    Field("is_hot", "decile_is_hot", "boolean", "Is hot", "Band is hot."),
    Field("scored_at", "decile_scored_at", "timestamp", "Scored at", "When."),
    Field("scored_on", "decile_scored_on", "date", "Scored on", "Which day."),
)
PEOPLE = 120


class Account:
    """A sandbox with the fields set up, and ways to look at it and to break it."""

    def __init__(self, sandbox: Sandbox, contacts: HubSpotContacts, naps: list[float]) -> None:
        self.sandbox = sandbox
        self.contacts = contacts
        self.naps = naps

    def fault(self, kind: str, **settings: object) -> None:
        assert ask(self.sandbox, "POST", "/sandbox/faults", body={"kind": kind, **settings})

    def calls(self) -> list[dict[str, Any]]:
        found = ask(self.sandbox, "GET", "/sandbox/calls")["calls"]
        return [call for call in found if "/batch/" in call["path"]]

    def state(self) -> dict[str, int]:
        return cast("dict[str, int]", ask(self.sandbox, "GET", "/sandbox/state"))

    def value(self, record_id: str, name: str) -> str | None:
        found = ask(
            self.sandbox,
            "GET",
            f"/crm/objects/2026-09/contacts/{record_id}?properties={name}",
            authorization=f"Bearer {self.sandbox.token}",
        )
        return cast("str | None", found["properties"][name])


def records_in(folder: Path) -> Path:
    path = folder / "contacts.csv"
    rows = [f"{record},person{record}@example.com" for record in range(1, PEOPLE + 1)]
    path.write_text("\n".join(["id,property_email", *rows]), encoding="utf-8")
    return path


@contextmanager
def open_account(
    folder: Path, *, limit: Limit | None = None, attempts: int = 3, set_up: bool = True
) -> Iterator[Account]:
    naps: list[float] = []
    state = folder / "state.sqlite"
    if set_up:
        state.write_bytes(state_set_up())
    with (
        Sandbox(
            state=state,
            records=records_in(folder),
            limit=limit,
            clock=lambda: sum(naps),
        ) as sandbox,
        HttpClient(
            "HubSpot",
            sandbox.url,
            token=sandbox.token,
            classify=classify,
            policy=RetryPolicy(attempts=attempts),
            sleep=naps.append,
            clock=lambda: sum(naps),
        ) as http,
    ):
        yield Account(sandbox, HubSpotContacts(http), naps)


@cache
def state_set_up() -> bytes:
    """Give the state of a sandbox that has all that `setup` makes, as a sync finds it."""
    with TemporaryDirectory() as folder:
        with open_account(Path(folder), set_up=False) as opened:
            opened.contacts.apply_setup(FIELDS)
        return (Path(folder) / "state.sqlite").read_bytes()


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with open_account(tmp_path) as opened:
        yield opened


def update(record: int, **fields: str | None) -> Change:
    values = {f"decile_{name}": value for name, value in fields.items()} or {"decile_score": "7"}
    return Change(f"t{record}", f"k{record}", "update", str(record), f"c{record}", values)


def upsert(number: int, **fields: str | None) -> Change:
    values = {"decile_score": "7", "email": f"new{number}@example.com", **fields}
    return Change(f"t{number}", f"k{number}", "upsert", None, f"c{number}", values)


def removal(record_id: str | None, **fields: str | None) -> Change:
    values = {f"decile_{name}": value for name, value in fields.items()}
    return Change(f"r{record_id}", f"k{record_id}", "remove", record_id, "c1", values)


def erasure(record_id: str | None) -> Change:
    return Change(f"e{record_id}", f"k{record_id}", "erase", record_id, "c1", {})


def statuses(outcomes: list[Any]) -> list[str]:
    return [outcome.status for outcome in outcomes]


def test_known_contacts_are_updated_by_record_id_in_one_call(account: Account) -> None:
    outcomes = account.contacts.push([update(record, score="63") for record in range(1, 101)])
    assert statuses(outcomes) == ["accepted"] * 100
    assert [outcome.destination_id for outcome in outcomes[:2]] == ["1", "2"]
    assert account.value("100", "decile_score") == "63"
    (call,) = account.calls()
    assert (call["path"][-12:], call["rows"], call["status"]) == ("batch/update", 100, 200)


def test_unknown_contacts_are_created_once_and_found_again(account: Account) -> None:
    first = account.contacts.push([upsert(1), upsert(2)])
    again = account.contacts.push([upsert(1, decile_score="8"), upsert(2)])
    assert statuses(first) == ["accepted"] * 2
    assert [o.destination_id for o in first] == [o.destination_id for o in again]
    created = first[0].destination_id
    assert account.value(created, "decile_score") == "8"
    assert account.value(created, "decile_contact_id") == "c1"


def test_known_and_unknown_contacts_of_one_upsert_keep_their_order(account: Account) -> None:
    known = Change("t5", "k5", "upsert", "5", "c5", {"decile_score": "1"})
    outcomes = account.contacts.push([upsert(901), known, upsert(902)])
    assert [outcome.token for outcome in outcomes] == ["t901", "t5", "t902"]
    assert outcomes[1].destination_id == "5"
    assert len(account.calls()) == 2


@pytest.mark.parametrize("value", ["0", "63", "-1.5"])
def test_zero_and_its_like_arrive_as_they_are(account: Account, value: str) -> None:
    account.contacts.push([update(1, score=value, is_hot="false")])
    assert account.value("1", "decile_score") == value
    assert account.value("1", "decile_is_hot") == "false"


def test_none_clears_a_field(account: Account) -> None:
    account.contacts.push([update(1, band="hot")])
    account.contacts.push([update(1, band=None)])
    assert account.value("1", "decile_band") is None


def test_times_and_days_arrive(account: Account) -> None:
    moment = "2026-07-01T00:00:00.000Z"
    (outcome,) = account.contacts.push([update(1, scored_at=moment, scored_on="2026-07-01")])
    assert outcome.status == "accepted"


def test_a_quote_arrives_as_one_quote(account: Account) -> None:
    text = """O'Brien said "yes" \\ <b>"""
    account.contacts.push([update(1, band=text)])
    assert account.value("1", "decile_band") == text


def test_a_bad_row_is_rejected_alone_and_its_value_stays_out_of_the_message(
    account: Account,
) -> None:
    outcomes = account.contacts.push([update(1), update(2, score="1,5"), update(3)])
    assert statuses(outcomes) == ["accepted", "rejected", "accepted"]
    assert outcomes[1].error_code == "INVALID_INTEGER"
    assert outcomes[1].message == f"decile_score: {REMOVED} was not a valid number."


def test_a_record_that_is_gone_is_rejected(account: Account) -> None:
    outcomes = account.contacts.push([update(1), update(9999)])
    assert statuses(outcomes) == ["accepted", "rejected"]
    assert outcomes[1].error_code == "OBJECT_NOT_FOUND"


def test_an_email_that_another_contact_has_is_rejected(account: Account) -> None:
    (outcome,) = account.contacts.push([upsert(1, email="person7@example.com")])
    assert (outcome.status, outcome.error_code) == ("rejected", "CONFLICTING_UNIQUE_VALUE")
    assert "person7" not in str(outcome)


def test_results_in_another_order_find_their_rows(account: Account) -> None:
    account.fault("shuffle")
    outcomes = account.contacts.push([update(record) for record in (3, 1, 2)])
    assert [outcome.destination_id for outcome in outcomes] == ["3", "1", "2"]


def test_a_row_that_no_list_mentions_is_pending(account: Account) -> None:
    account.fault("omit_row", record_id="2")
    outcomes = account.contacts.push([update(1), update(2), update(3)])
    assert statuses(outcomes) == ["accepted", "pending", "accepted"]


def test_a_row_refused_on_request_is_rejected_with_its_code(account: Account) -> None:
    account.fault("row_error", unique_value="c2", code="RULE_NOT_MET")
    outcomes = account.contacts.push([upsert(1), upsert(2)])
    assert statuses(outcomes) == ["accepted", "rejected"]
    assert outcomes[1].error_code == "RULE_NOT_MET"


def test_errors_that_name_no_row_of_several_refuse_the_batch(account: Account) -> None:
    account.fault("empty_results")
    with pytest.raises(BatchRefused) as caught:
        account.contacts.push([update(1), update(2)])
    assert caught.value.code == "VALIDATION_ERROR"
    assert account.value("1", "decile_score") is None


def test_an_error_that_names_no_row_belongs_to_the_only_one(account: Account) -> None:
    account.fault("empty_results")
    assert statuses(account.contacts.push([update(1)])) == ["rejected"]


def test_a_batch_that_is_refused_as_a_whole_says_so(account: Account) -> None:
    account.fault("batch_400", record_id="2", times=None)
    with pytest.raises(BatchRefused) as caught:
        account.contacts.push([update(1), update(2)])
    assert caught.value.code == "VALIDATION_ERROR"
    assert statuses(account.contacts.push([update(1)])) == ["accepted"]


@pytest.mark.parametrize("kind", ["cut", "not_json", "applied_then_502"])
def test_a_lost_answer_is_asked_for_again(account: Account, kind: str) -> None:
    account.fault(kind)
    assert statuses(account.contacts.push([upsert(1), upsert(2)])) == ["accepted"] * 2
    state = account.state()
    assert state["created"] == 2


@pytest.mark.parametrize(
    ("kind", "error"),
    [("cut", Ambiguous), ("not_json", Ambiguous), ("applied_then_502", Retriable)],
)
def test_an_answer_that_stays_lost_is_an_error(
    account: Account, kind: str, error: type[Exception]
) -> None:
    account.fault(kind, times=None)
    with pytest.raises(error):
        account.contacts.push([update(1)])
    assert len(account.calls()) == 3


@pytest.mark.parametrize("status", [423, 429, 477, 500, 502, 503, 521, 523, 524])
def test_what_passes_is_tried_again(account: Account, status: int) -> None:
    account.fault("status", status=status)
    assert statuses(account.contacts.push([update(1)])) == ["accepted"]
    assert [call["status"] for call in account.calls()] == [status, 200]


def test_a_lock_is_given_two_seconds(account: Account) -> None:
    account.fault("status", status=423)
    account.contacts.push([update(1)])
    assert account.naps[0] >= 2


def test_the_burst_limit_is_waited_out_by_its_own_header(tmp_path: Path) -> None:
    with open_account(tmp_path, limit=Limit(calls=2, seconds=10), set_up=False) as account:
        for _ in range(3):
            account.contacts.plan_setup(FIELDS)
    assert len(account.naps) == 2
    assert all(10 <= nap < 11 for nap in account.naps)


def test_a_used_up_day_stops_at_once(tmp_path: Path) -> None:
    with (
        open_account(tmp_path, limit=Limit(daily=1), set_up=False) as account,
        pytest.raises(QuotaExhausted, match="midnight"),
    ):
        account.contacts.plan_setup(FIELDS)
    assert account.naps == []


def test_a_token_that_expires_in_the_middle_stops_with_the_next_step(account: Account) -> None:
    account.fault("expire_token", after=1)
    assert statuses(account.contacts.push([update(1)])) == ["accepted"]
    with pytest.raises(AccessRefused, match="HUBSPOT_TOKEN"):
        account.contacts.push([update(2)])
    assert account.naps == []


def test_a_missing_scope_names_the_scopes(account: Account) -> None:
    account.fault("status", status=403)
    with pytest.raises(AccessRefused, match="crm.objects.contacts"):
        account.contacts.push([update(1)])


def test_a_missing_property_stops_and_points_to_the_setup(tmp_path: Path) -> None:
    with (
        open_account(tmp_path, set_up=False) as account,
        pytest.raises(AccessRefused, match="decile setup hubspot"),
    ):
        account.contacts.push([update(1), update(2)])


@pytest.mark.parametrize(
    "change",
    [
        Change("t", "k", "update", None, "c", {}),
        Change("t", "k", "upsert", None, "", {}),
        Change("t", "k", "create", None, "", {}),
        Change("t", "k", "remove", None, "", {}),
        Change("t", "k", "erase", None, "", {}),
    ],
)
def test_a_change_that_makes_no_sense_is_never_sent(account: Account, change: Change) -> None:
    with pytest.raises(ConfigError):
        account.contacts.push([update(1), change])
    assert account.calls() == []


def test_a_new_contact_is_created_once_however_often_it_is_asked_for(account: Account) -> None:
    change = replace(upsert(1), operation="create")
    first, again = account.contacts.push([change]), account.contacts.push([change])
    assert first == again
    assert account.state()["created"] == 1


@pytest.mark.parametrize("operation", ["upsert", "create"])
def test_what_only_a_new_contact_is_given_never_reaches_one_that_is_there(
    account: Account, operation: Operation
) -> None:
    """Somebody changed the address by hand, or our property was mapped onto an old contact."""
    new = replace(upsert(1), operation=operation, only_new=frozenset({"email"}))
    (made,) = account.contacts.push([new])
    assert made.destination_id
    assert account.value(made.destination_id, "email") == "new1@example.com"
    for email in ("another@example.com", None):
        again = replace(new, fields={"decile_score": "8", "email": email})
        fresh = replace(upsert(2), token="fresh", operation=operation, only_new=new.only_new)
        outcomes = account.contacts.push([again, fresh])
        assert statuses(outcomes) == ["accepted", "accepted"]
        assert account.value(made.destination_id, "email") == "new1@example.com"
        assert account.value(made.destination_id, "decile_score") == "8"
        assert account.value(str(outcomes[1].destination_id), "email") == "new2@example.com"


def test_only_who_may_be_new_is_looked_up_and_all_in_one_call(account: Account) -> None:
    only_new = frozenset({"email"})
    known = replace(update(1), only_new=only_new)
    account.contacts.push([known, removal("2", score=None)])
    account.contacts.push([replace(upsert(number), only_new=only_new) for number in range(100)])
    account.contacts.push([upsert(200)])
    paths = [call["path"].rsplit("/", 1)[1] for call in account.calls()]
    assert paths == ["update", "read", "upsert", "upsert"]


def test_a_look_up_without_an_answer_writes_nothing(account: Account) -> None:
    account.fault("not_json", path="batch/read", times=None)
    with pytest.raises(DestinationError):
        account.contacts.push([replace(upsert(1), only_new=frozenset({"email"}))])
    assert account.state()["created"] == 0


def test_a_removal_clears_every_field_it_names_and_nothing_else(account: Account) -> None:
    account.contacts.push([update(1, score="7", band="hot"), update(2, score="7")])
    for _ in range(2):
        (outcome,) = account.contacts.push([removal("1", score=None, band=None)])
        assert (outcome.status, outcome.destination_id) == ("accepted", "1")
    assert account.value("1", "decile_score") is None
    assert account.value("1", "decile_band") is None
    assert account.value("1", "email") == "person1@example.com"
    assert account.value("2", "decile_score") == "7"


def test_a_removal_without_a_record_id_goes_by_the_unique_property(account: Account) -> None:
    (created,) = account.contacts.push([upsert(1)])
    known, unknown = removal("5", score=None), removal(None, score=None)
    assert statuses(account.contacts.push([known, unknown])) == ["accepted"] * 2
    assert account.value(created.destination_id, "decile_score") is None
    assert account.state()["created"] == 1


def test_a_removal_by_the_unique_property_clears_that_too(account: Account) -> None:
    (created,) = account.contacts.push([upsert(1)])
    change = removal(None, score=None, contact_id=None)
    for _ in range(2):
        assert statuses(account.contacts.push([change])) == ["accepted"]
    assert account.value(created.destination_id, "decile_contact_id") is None


def test_where_the_record_is_gone_nothing_is_left_to_clear(account: Account) -> None:
    outcomes = account.contacts.push([removal("9999", score=None), removal("1", score=None)])
    assert statuses(outcomes) == ["accepted"] * 2


def test_a_property_that_was_deleted_since_needs_no_clearing(account: Account) -> None:
    account.contacts.push([update(1, score="7")])
    gone = removal("2", of_last_year=None)
    outcomes = account.contacts.push([removal("1", score=None, of_last_year=None), gone])
    assert statuses(outcomes) == ["accepted"] * 2
    assert account.value("1", "decile_score") is None
    assert [call["rows"] for call in account.calls()] == [1, 1]


def test_an_erasure_is_by_record_id_final_and_harmless_to_repeat(account: Account) -> None:
    (created,) = account.contacts.push([upsert(1)])
    for _ in range(2):
        outcomes = account.contacts.push([erasure("7"), erasure(None)])
        assert statuses(outcomes) == ["accepted"] * 2
    assert (account.state()["erased"], account.state()["contacts"]) == (2, PEOPLE - 1)
    (written,) = account.contacts.push([update(7)])
    assert written.error_code == "OBJECT_NOT_FOUND"


def test_an_erased_contact_does_not_come_back_with_the_export(tmp_path: Path) -> None:
    for _ in range(2):
        with open_account(tmp_path) as account:
            account.contacts.push([erasure("7")])
            assert account.state()["contacts"] == PEOPLE - 1


def test_an_address_that_is_not_there_is_no_erasure(account: Account) -> None:
    account.fault("status", status=404, times=None)
    with pytest.raises(DestinationError, match="API version"):
        account.contacts.push([erasure("7")])


def test_more_rows_than_a_batch_takes_are_never_sent(account: Account) -> None:
    with pytest.raises(ConfigError):
        account.contacts.push([update(record) for record in range(1, 102)])
    assert account.calls() == []


# Answers that the sandbox does not give.


class Canned:
    """Stands in for the HTTP client with one answer."""

    def __init__(self, answer: Mapping[str, object]) -> None:
        self._answer = answer

    def post(self, path: str, body: object, *, idempotent: bool) -> Mapping[str, object]:
        assert idempotent
        return self._answer


def push_against(answer: Mapping[str, object], *changes: Change) -> list[Any]:
    return HubSpotContacts(cast("HttpClient", Canned(answer))).push(changes)


def test_results_without_trace_ids_are_matched_by_id() -> None:
    answer = {"results": [{"id": "2"}], "errors": [{"category": "X", "context": {"ids": ["1"]}}]}
    assert statuses(push_against(answer, update(1), update(2))) == ["rejected", "accepted"]


def test_upserts_without_trace_ids_are_matched_by_the_unique_property() -> None:
    answer = {"results": [{"id": "512", "properties": {"decile_contact_id": "c2"}}]}
    outcomes = push_against(answer, upsert(1), upsert(2))
    assert statuses(outcomes) == ["pending", "accepted"]
    assert outcomes[1].destination_id == "512"


def test_a_row_in_both_lists_is_rejected() -> None:
    trace = {"objectWriteTraceId": "t1"}
    answer = {
        "results": [{"id": "1", **trace}],
        "errors": [{"category": "PARTLY", "context": {"objectWriteTraceId": ["t1"]}}],
    }
    (outcome,) = push_against(answer, update(1))
    assert (outcome.status, outcome.error_code) == ("rejected", "PARTLY")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["t1", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "results", "errors", "context", "objectWriteTraceId", "ids", "code"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=50)
@given(results=json_values, errors=json_values)
def test_no_answer_however_odd_breaks_the_reading(results: object, errors: object) -> None:
    changes = (update(1), update(2))
    try:
        outcomes = push_against({"results": results, "errors": errors}, *changes)
    except BatchRefused:
        return
    assert [outcome.token for outcome in outcomes] == [change.token for change in changes]


# Setup.


def test_setup_creates_what_is_missing_and_then_finds_it(tmp_path: Path) -> None:
    with open_account(tmp_path, set_up=False) as account:
        planned = account.contacts.plan_setup(FIELDS)
        applied = account.contacts.apply_setup(FIELDS)
        after = account.contacts.plan_setup(FIELDS)
    names = ["decile", *(field.name for field in FIELDS), "decile_contact_id"]
    assert [step.name for step in planned] == names
    assert {step.action for step in planned} == {"create"}
    assert applied == planned
    assert {step.action for step in after} == {"exists"}


def test_setup_twice_changes_nothing(account: Account) -> None:
    assert {step.action for step in account.contacts.apply_setup(FIELDS)} == {"exists"}


@pytest.mark.parametrize(
    ("name", "type_", "hint"),
    [
        ("email", "integer", "another property"),
        ("createdate", "timestamp", "fills it itself"),
        ("Lead Score", "integer", "lower case"),
    ],
)
def test_setup_reports_what_does_not_fit(
    account: Account, name: str, type_: Any, hint: str
) -> None:
    steps = account.contacts.apply_setup([Field("column", name, type_, "Label", "")])
    (step,) = [step for step in steps if step.name == name]
    assert step.action == "conflict"
    assert hint in step.detail


def test_setup_reports_a_key_property_that_is_not_unique(tmp_path: Path) -> None:
    with open_account(tmp_path, set_up=False) as account:
        headers = {"Authorization": f"Bearer {account.sandbox.token}"}
        body = {
            "name": "decile_contact_id",
            "label": "Mine",
            "groupName": "contactinformation",
            "type": "string",
            "fieldType": "text",
        }
        url = f"{account.sandbox.url}/crm/properties/2026-09/contacts"
        requests.post(url, json=body, headers=headers, timeout=5).raise_for_status()
        key = account.contacts.apply_setup(FIELDS)[-1]
    assert key.action == "conflict"
    assert "HUBSPOT_UNIQUE_PROPERTY" in key.detail


# Settings.


def connect(**settings: str) -> Any:
    return DESTINATIONS["hubspot"].connect(
        {f"HUBSPOT_{k}": v for k, v in settings.items()}, Target("contacts")
    )


def test_without_a_token_it_is_the_sandbox(tmp_path: Path) -> None:
    environment = {
        "DECILE_SANDBOX_STATE": str(tmp_path / "new" / "state.sqlite"),
        "DECILE_SANDBOX_RECORDS": str(records_in(tmp_path)),
        "DECILE_RATES": str(tmp_path / "rates.sqlite"),
    }
    for _ in range(2):
        with DESTINATIONS["hubspot"].connect(environment, Target("contacts")) as connection:
            assert connection.account == "sandbox"
            connection.destination.apply_setup(FIELDS)
            assert statuses(connection.destination.push([update(1)])) == ["accepted"]


@pytest.mark.parametrize(
    ("settings", "account"),
    [
        ({}, "live"),
        ({"ACCOUNT": "emea"}, "emea"),
        ({"BASE_URL": "http://127.0.0.1:8765"}, "sandbox"),
    ],
)
def test_the_account_has_a_name(settings: dict[str, str], account: str) -> None:
    with connect(TOKEN="t", **settings) as connection:
        assert connection.account == account


def test_a_higher_limit_is_in_the_capabilities() -> None:
    with connect(TOKEN="t", RATE_PER_10S="190") as connection:
        assert connection.destination.capabilities.rows_per_second == 1900
    assert DESTINATIONS["hubspot"].objects["contacts"].capabilities.rows_per_second == 1000


@pytest.mark.parametrize(
    "settings",
    [
        {"RATE_PER_10S": "many"},
        {"RATE_PER_10S": "0"},
        {"API_VERSION": "v3"},
        {"UNIQUE_PROPERTY": "Contact id"},
        {"ACCOUNT": "sandbox"},
        {"BASE_URL": "http://api.hubapi.com"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError), connect(TOKEN="t", **settings):
        pass


@pytest.mark.parametrize(
    ("body", "headers", "wait"),
    [
        ({}, {"X-HubSpot-RateLimit-Interval-Milliseconds": "2500"}, 2.5),
        ({}, {"Retry-After": "4"}, 4.0),
        ({"policyName": "TEN_SECONDLY_ROLLING"}, {}, 10.0),
    ],
)
def test_a_burst_limit_says_how_long_to_wait(
    body: dict[str, object], headers: dict[str, str], wait: float
) -> None:
    error = classify(Answer("HubSpot", "POST", "/x", 429, headers, body))
    assert isinstance(error, Retriable)
    assert error.retry_after == wait


# Scrubbing.


@settings(deadline=None)
@given(before=st.text(max_size=20), email=st.emails(), after=st.text(max_size=20))
def test_scrub_removes_addresses(before: str, email: str, after: str) -> None:
    assert email not in scrub(f"{before} {email} {after}")


@settings(deadline=None)
@given(st.text(alphabet="äöüÄÖÜ ", min_size=2).filter(str.strip), st.sampled_from("\"'`"))
def test_scrub_removes_what_is_quoted(value: str, mark: str) -> None:
    text = scrub(f"Property {mark}{value}{mark} isn't valid")
    assert text == f"Property {REMOVED} isn't valid"


@settings(deadline=None)
@given(
    st.text(alphabet="äöü\"'`", min_size=2).filter(str.strip),
    st.sampled_from("\"'`"),
)
def test_scrub_removes_quoted_text_that_holds_marks_itself(value: str, mark: str) -> None:
    assert not set("äöü") & set(scrub(f"Value {mark}{value}{mark} is wrong"))


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30).filter(lambda text: text.strip().isalnum()))
def test_scrub_removes_the_values_it_is_told(value: str) -> None:
    scrubbed = scrub(f"({value}) ## {value.upper()}", hide=[value, None, ""])
    assert value.strip() not in scrubbed


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Call +1 (555) 010-9999 now", f"Call {REMOVED} now"),
        ("It doesn't exist", "It doesn't exist"),
        ("batch of 100 rows", "batch of 100 rows"),
        ("unbalanced 'Ada Lovelace is known", f"unbalanced {REMOVED}"),
        ("see /contacts?email=ada%40example.com", f"see {REMOVED}"),
        ("two\nlines", "two lines"),
    ],
)
def test_scrub_by_example(text: str, clean: str) -> None:
    assert scrub(text) == clean


def test_scrub_bounds_the_length() -> None:
    assert len(scrub("word " * 1000)) <= 300
