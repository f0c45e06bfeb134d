"""Customer lists of Google Ads against the sandbox: who is added and removed, what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import LIST_FIELDS, StandIn, held, standing_in

from sync.answers import Answer
from sync.changes import Change, Field, Operation
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.google_ads import GoogleAdsList
from sync.destinations.google_ads_answers import classify, collected, refused_members
from sync.destinations.google_ads_connect import CONNECTOR, Settings
from sync.destinations.google_ads_rows import FIELDS, identifiers, members
from sync.errors import (
    AccessRefused,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)
from sync.hashing import EMPTY_DIGEST

SPEC = Path(__file__).parents[2] / "shared" / "specs" / "google" / "datamanager.v1.json"
LIVE = {
    "GOOGLE_ADS_CREDENTIALS": CONNECTOR.sandboxed("https://oauth2.example.com")[
        "GOOGLE_ADS_CREDENTIALS"
    ],
    "GOOGLE_ADS_CUSTOMER_ID": "123-456-7890",
}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("google_ads", tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(LIST_FIELDS)
        yield opened


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def row(
    number: int,
    operation: Operation = "create",
    fields: Mapping[str, str | None] | None = None,
    previous: Mapping[str, str | None] | None = None,
    in_doubt: Sequence[Mapping[str, str | None]] = (),
) -> Change:
    fields = {"emailAddress": f"Person{number}@Example.com"} if fields is None else fields
    known = None if operation == "create" else f"k{number}"
    told = (f"t{number}", f"k{number}", operation, known, "")
    return Change(*told, fields, {}, previous or {}, in_doubt=in_doubt)


def known(there: StandIn) -> set[str]:
    (number,) = held(there, "google_ads", "list")
    return set(held(there, "google_ads", f"member of {number}"))


def calls(there: StandIn) -> list[tuple[str, int]]:
    return [(call["path"].rsplit(":", 1)[1], call["rows"]) for call in there.writes()]


def test_names_and_addresses_are_hashed_and_region_and_post_code_are_not() -> None:
    fields = {
        "emailAddress": "cloudy.sanfrancisco+shopping@gmail.com",
        "phoneNumber": "+1 800-555-0100",
        "givenName": "GivenName",
        "familyName": "FamilyName",
        "regionCode": "us",
        "postalCode": " 94045 ",
    }
    assert identifiers(fields) == [
        {"emailAddress": digest("cloudysanfrancisco@gmail.com")},
        {"phoneNumber": digest("+18005550100")},
        {
            "address": {
                "givenName": digest("givenname"),
                "familyName": digest("familyname"),
                "regionCode": "US",
                "postalCode": "94045",
            }
        },
    ]


@pytest.mark.parametrize("missing", ["givenName", "familyName", "regionCode", "postalCode"])
def test_an_address_goes_with_all_of_its_parts_or_not_at_all(missing: str) -> None:
    whole = {"givenName": "A", "familyName": "B", "regionCode": "DE", "postalCode": "1"}
    assert len(identifiers(whole)) == 1
    assert identifiers(whole | {missing: ""}) == []


CELLS = st.one_of(st.none(), st.text(max_size=9), st.sampled_from([EMPTY_DIGEST, "a@b.co", "DE"]))


@given(st.dictionaries(st.sampled_from(FIELDS), CELLS))
def test_the_hash_of_nothing_is_in_no_identifier(fields: dict[str, str | None]) -> None:
    assert EMPTY_DIGEST not in str(identifiers(fields))


def test_the_hash_of_nothing_stops_a_request_that_holds_it_all_the_same() -> None:
    with pytest.raises(ConfigError, match="never sent"):
        members([[{"emailAddress": EMPTY_DIGEST}]], "list")


@pytest.mark.parametrize("nothing", [None, "", "no address", EMPTY_DIGEST])
def test_who_has_nothing_to_be_known_by_is_rejected_and_not_sent(
    there: StandIn, nothing: str | None
) -> None:
    outcomes = there.destination.push([row(1, fields={"emailAddress": nothing}), row(2)])
    assert [(one.status, one.error_code) for one in outcomes] == [
        ("rejected", "NO_IDENTIFIER"),
        ("accepted", None),
    ]
    assert calls(there) == [("ingest", 1)]


def test_the_members_that_a_refusal_names_are_left_out_and_the_others_sent(there: StandIn) -> None:
    for number in (2, 4):
        there.fault(
            "row_error",
            unique_value=digest(f"person{number}@example.com"),
            code="INVALID_SHA256_FORMAT",
        )
    outcomes = there.destination.push([row(number) for number in range(1, 6)])
    assert [one.status for one in outcomes] == [
        "accepted", "rejected", "accepted", "rejected", "accepted"
    ]  # fmt: skip
    assert outcomes[1].error_code == "INVALID_SHA256_FORMAT"
    assert [one.request_row for one in outcomes] == [0, None, 1, None, 2]
    assert calls(there) == [("ingest", 5), ("ingest", 3)]


def test_another_address_takes_the_place_of_the_one_before(there: StandIn) -> None:
    before = {"emailAddress": "old@example.com", "phoneNumber": "+493023125000"}
    there.destination.push([row(1, fields=before)])
    there.destination.push([row(1, "update", before | {"emailAddress": "new@example.com"}, before)])
    assert known(there) == {digest("new@example.com")}
    assert calls(there) == [("ingest", 1), ("remove", 1), ("ingest", 1)]


def test_who_cannot_be_taken_out_by_the_old_address_is_not_added_by_the_new_one(
    there: StandIn,
) -> None:
    there.destination.push([row(1), row(2)])
    old = digest("person1@example.com")
    there.fault("row_error", unique_value=old, code="INVALID_SHA256_FORMAT")
    moved = [
        row(one, "update", {"emailAddress": f"new{one}@example.com"},
            {"emailAddress": f"person{one}@example.com"})
        for one in (1, 2)
    ]  # fmt: skip
    outcomes = there.destination.push(moved)
    assert [(one.status, one.error_code) for one in outcomes] == [
        ("rejected", "INVALID_SHA256_FORMAT"),
        ("accepted", None),
    ]
    assert known(there) == {old, digest("new2@example.com")}


@pytest.mark.parametrize("operation", ["remove", "erase", "update"])
def test_an_address_whose_answer_got_lost_is_taken_out_as_well(
    there: StandIn, operation: Operation
) -> None:
    first, lost, now = ({"emailAddress": f"{one}@example.com"} for one in ("old", "lost", "now"))
    there.destination.push([row(1, fields=first), row(2, fields=lost), row(3)])
    changed = row(1, operation, now if operation == "update" else {}, first, [lost])
    assert there.destination.push([changed])[0].status == "accepted"
    left = {digest("now@example.com")} if operation == "update" else set()
    assert known(there) == left | {digest("person3@example.com")}


def test_a_person_of_many_addresses_is_more_members_of_a_request_than_one(there: StandIn) -> None:
    many = [{"emailAddress": f"a{number}@example.com"} for number in range(25)]
    there.destination.push([row(number, fields=one) for number, one in enumerate(many)])
    (outcome,) = there.destination.push([row(1, "erase", {}, many[0], many[1:])])
    assert (outcome.status, outcome.request_row) == ("accepted", 0)
    assert calls(there) == [("ingest", 25), ("remove", 3)]
    assert known(there) == set()


def test_the_call_that_takes_out_the_old_address_is_remembered_too(there: StandIn) -> None:
    before = {"emailAddress": "old@example.com"}
    there.destination.push([row(1, fields=before)])
    stays = row(2, "update", {"emailAddress": "b@c.de"}, {"emailAddress": "b@c.de"})
    outcomes = there.destination.push([stays, row(1, "update", previous=before)])
    assert [(one.request_row, one.former_request_row) for one in outcomes] == [(0, None), (1, 0)]
    assert outcomes[1].request_id == outcomes[0].request_id
    assert outcomes[1].former_request_id not in (None, outcomes[1].request_id)


def test_a_removal_goes_by_what_was_sent_and_without_it_is_no_removal(there: StandIn) -> None:
    there.destination.push([row(1), row(2), row(3)])
    outcomes = there.destination.push(
        [
            row(1, "remove", {}, {"emailAddress": "person1@example.com"}),
            row(2, "remove", {"emailAddress": None}),
        ]
    )
    assert [one.status for one in outcomes] == ["accepted", "rejected"]
    assert known(there) == {digest("person2@example.com"), digest("person3@example.com")}


def test_many_people_are_one_call_and_each_remembers_its_place(there: StandIn) -> None:
    many = 2_000
    outcomes = there.destination.push([row(number) for number in range(many)])
    assert calls(there) == [("ingest", many)]
    assert {one.status for one in outcomes} == {"accepted"}
    assert [one.request_row for one in outcomes] == list(range(many))
    assert there.destination.capabilities.max_batch == 10_000


def test_what_became_of_a_request_can_be_asked(there: StandIn) -> None:
    (outcome,) = there.destination.push([row(1)])
    destination = there.destination
    assert isinstance(destination, GoogleAdsList)
    found = destination.collect(str(outcome.request_id))
    assert (found.status, found.rows, found.match_rate, found.failed) == ("done", 1, "41-50%", {})


def told(status: str, **more: Any) -> Mapping[str, object]:
    return {"requestStatusPerDestination": [{"requestStatus": status, **more}]}


def test_a_part_that_failed_is_told_by_its_places() -> None:
    counts = [
        {"reason": "PROCESSING_ERROR_REASON_INVALID_FORMAT", "recordIndices": [1, 4]},
        {"reason": "ann@example.com", "recordIndices": ["x"]},
    ]
    found = collected(told("PARTIAL_SUCCESS", errorInfo={"errorCounts": counts}))
    reason = "PROCESSING_ERROR_REASON_INVALID_FORMAT"
    assert (found.status, found.failed) == ("done", {1: reason, 4: reason})
    assert collected(told("FAILED")).status == "failed"


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ([{"reason": "A", "recordCount": "2", "recordIndices": [1, 4]}], "done"),
        ([{"reason": "A", "recordCount": "3", "recordIndices": [1, 4]}], "failed"),
        ([{"reason": "A", "recordCount": "1"}], "failed"),
        ([{"reason": "A", "recordIndices": [0]}, {"reason": "B", "recordCount": "1"}], "failed"),
        ([], "failed"),
    ],
)
def test_a_part_that_failed_and_is_not_named_is_the_whole(counts: Any, status: str) -> None:
    told_so = told("PARTIAL_SUCCESS", errorInfo={"errorCounts": counts})
    assert collected(told_so).status == status


@pytest.mark.parametrize("answer", [{}, told("PROCESSING"), told("REQUEST_STATUS_UNKNOWN")])
def test_what_is_not_done_is_asked_again(answer: Mapping[str, object]) -> None:
    assert collected(answer).status == "processing"


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        ("MATCH_RATE_RANGE_LESS_THAN_20", "<20%"),
        ("MATCH_RATE_RANGE_91_TO_100", "91-100%"),
        ("MATCH_RATE_RANGE_NOT_ELIGIBLE", None),
        ("MATCH_RATE_RANGE_UNKNOWN", None),
    ],
)
def test_a_match_rate_is_a_range_or_unknown(given: str, rate: str | None) -> None:
    status = {"userDataIngestionStatus": {"recordCount": "3", "uploadMatchRateRange": given}}
    found = collected(told("SUCCESS", audienceMembersIngestionStatus=status))
    assert (found.rows, found.match_rate) == (3, rate)


def error(status: int, name: str, reason: str = "", field: str = "", limit: str = "") -> Answer:
    details: list[object] = [
        {"@type": "x/google.rpc.ErrorInfo", "reason": reason, "metadata": {"quota_limit": limit}}
    ]
    if field:
        one = {"field": field, "reason": "INVALID_SHA256_FORMAT", "description": "ann@example.com"}
        details.append({"@type": "x/google.rpc.BadRequest", "fieldViolations": [one]})
    said = {"code": status, "status": name, "message": "ann@example.com", "details": details}
    return Answer("Google Ads", "POST", "/v1/audienceMembers:ingest", status, {}, {"error": said})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(403, "PERMISSION_DENIED"), AccessRefused),
        (error(404, "NOT_FOUND"), AccessRefused),
        (error(400, "FAILED_PRECONDITION"), AccessRefused),
        (error(400, "INVALID_ARGUMENT", field="destinations[0].x"), AccessRefused),
        (error(400, "INVALID_ARGUMENT"), BatchRefused),
        (error(429, "RESOURCE_EXHAUSTED", limit="RequestsPerMinutePerProject"), Retriable),
        (error(429, "RESOURCE_EXHAUSTED", limit="RequestsPerDayPerProject"), QuotaExhausted),
    ],
)
def test_every_answer_has_its_class(answer: Answer, kind: type[DestinationError]) -> None:
    found = classify(answer)
    assert type(found) is kind
    assert "ann" not in str(found)


def test_both_spellings_of_a_place_are_understood() -> None:
    for field in ("audience_members.audience_members[7].composite_data", "audienceMembers[7].x"):
        answer = error(400, "INVALID_ARGUMENT", field=field)
        assert refused_members(answer) == {7: "INVALID_SHA256_FORMAT"}


def test_a_manager_is_named_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = []

    def send(_session: Any, request: requests.PreparedRequest, **_more: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 200
        token = str(request.url).endswith("token")
        if not token:
            bodies.append(json.loads(request.body or b""))
        found = {"access_token": "t", "expires_in": 9} if token else {"requestId": "r"}
        answer._content = json.dumps(found).encode()
        return answer

    monkeypatch.setattr(requests.Session, "send", send)
    settings = LIVE | {"GOOGLE_ADS_LOGIN_CUSTOMER_ID": "987-654-3210", "DECILE_RATES": ":memory:"}
    with CONNECTOR.open(settings, Target("members", {"user_list": "5"})) as opened:
        (outcome,) = opened.destination.push([row(1)])
    assert outcome.request_id == "r"
    assert bodies[0]["destinations"] == [
        {
            "reference": "list",
            "operatingAccount": {"accountType": "GOOGLE_ADS", "accountId": "1234567890"},
            "loginAccount": {"accountType": "GOOGLE_ADS", "accountId": "9876543210"},
            "productDestinationId": "5",
        }
    ]


def test_the_list_is_made_once_by_its_name(tmp_path: Path, monkeypatch: Any) -> None:
    with standing_in("google_ads", tmp_path, monkeypatch) as fresh:
        assert [one.ok for one in fresh.destination.check()] == [True, False]
        with pytest.raises(AccessRefused, match="decile setup google_ads"):
            fresh.destination.push([row(1)])
        assert fresh.destination.apply_setup([])[0].action == "create"
        assert fresh.destination.apply_setup([])[0].action == "exists"
        assert len(held(fresh, "google_ads", "list")) == 1
        assert all(one.ok for one in fresh.destination.check())


def test_a_field_that_google_lacks_is_a_mistake_and_a_conflict(there: StandIn) -> None:
    with pytest.raises(ConfigError, match="shoeSize"):
        there.destination.push([row(1, fields={"shoeSize": "43"})])
    (_, step) = there.destination.plan_setup([Field("a", "shoeSize", "string", "", "")])
    assert step.action == "conflict"


def test_settings_have_defaults_and_every_mistake_is_named() -> None:
    settings = Settings.read(LIVE)
    assert (settings.customer, settings.manager, settings.account) == ("1234567890", "", "live")
    bad = {
        "GOOGLE_ADS_CUSTOMER_ID": "mine",
        "GOOGLE_ADS_LOGIN_CUSTOMER_ID": "theirs",
        "GOOGLE_ADS_CALLS_PER_MINUTE": "0",
        "GOOGLE_ADS_ACCOUNT": "sandbox",
    }
    with pytest.raises(ConfigError) as mistakes:
        Settings.read(LIVE | bad)
    assert [name in str(mistakes.value) for name in bad] == [True] * 4
    with pytest.raises(ConfigError, match="GOOGLE_ADS_CUSTOMER_ID is not"):
        DESTINATIONS["google_ads"].is_real({"GOOGLE_ADS_CREDENTIALS": "{}"})


def misfits(spec: dict[str, Any], rule: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """Say what the vendor's description does not know."""
    rule = spec["schemas"][rule["$ref"]] if "$ref" in rule else rule
    if "enum" in rule and value not in rule["enum"]:
        return [f"{path}={value}"]
    if isinstance(value, list):
        return [bad for one in value for bad in misfits(spec, rule["items"], one, path)]
    if not isinstance(value, dict):
        return []
    known = rule.get("properties", {})
    found = [f"{path}.{name}" for name in value if name not in known]
    for name in value.keys() & known.keys():
        found += misfits(spec, known[name], value[name], f"{path}.{name}")
    return found


def test_our_requests_are_those_of_the_vendors_own_specification(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not SPEC.exists():
        pytest.skip("the vendor's specification is not part of this repository")
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    bodies: dict[str, Any] = {}
    send = requests.Session.send

    def seen(session: Any, request: requests.PreparedRequest, **more: Any) -> Any:
        if "audienceMembers:" in str(request.url):
            bodies[str(request.url).rsplit(":", 1)[1]] = json.loads(request.body or b"")
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", seen)
    there.destination.push([row(1, fields={field.name: "DE" for field in LIST_FIELDS}), row(2)])
    there.destination.push([row(2, "remove", {}, {"emailAddress": "person2@example.com"})])
    assert bodies.keys() == {"ingest", "remove"}
    for call, body in bodies.items():
        name = f"{call.title()}AudienceMembersRequest"
        assert misfits(spec, {"$ref": name}, body) == []
    assert misfits(spec, {"$ref": "RemoveAudienceMembersRequest"}, bodies["ingest"]) != []
