"""Meta's custom audiences against the sandbox: who is put in, taken out, and by which hashes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import AUDIENCE_FIELDS, StandIn, standing_in

from sync.answers import Answer
from sync.changes import Change, Field, Operation
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.meta import INVALID, MetaAudience
from sync.destinations.meta_answers import classify
from sync.destinations.meta_connect import Settings
from sync.destinations.meta_rows import COLUMNS, hashed, table
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)
from sync.hashing import EMPTY_DIGEST

SPECS = Path(__file__).parents[2] / "shared" / "specs" / "meta"


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("meta", tmp_path, monkeypatch) as opened:
        opened.destination.apply_setup(AUDIENCE_FIELDS)
        yield opened


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def row(
    number: int,
    operation: Operation = "create",
    fields: Mapping[str, str | None] | None = None,
    previous: Mapping[str, str | None] | None = None,
    *,
    unique_key: str | None = None,
) -> Change:
    fields = {"EMAIL": f"Person{number}@Example.com"} if fields is None else fields
    known = None if operation == "create" else f"k{number}"
    key = f"c{number}" if unique_key is None else unique_key
    return Change(f"t{number}", f"k{number}", operation, known, key, fields, {}, previous or {})


def members(there: StandIn) -> dict[str, dict[str, str]]:
    held = there.get("held?service=meta")
    (audience,) = held["audience"]
    found: dict[str, dict[str, str]] = held.get(f"member of {audience}", {})
    return found


def calls(there: StandIn) -> list[tuple[str, str, int]]:
    return [
        (call["method"], call["path"].rsplit("/", 1)[1], call["rows"]) for call in there.writes()
    ]


def test_only_hashes_and_our_own_id_leave_the_house(there: StandIn) -> None:
    fields = {"EMAIL": " Ann@Example.com", "PHONE": "+49 30 23125000", "FN": "Ann", "COUNTRY": "DE"}
    there.destination.push([row(1, fields=fields)])
    assert members(there)["c1"] == {
        "EXTERN_ID": "c1",
        "EMAIL": digest("ann@example.com"),
        "PHONE": digest("493023125000"),
        "FN": digest("ann"),
        "COUNTRY": digest("de"),
    }


def test_what_is_hashed_already_stays_as_it_is(there: StandIn) -> None:
    there.destination.push([row(1, fields={"EMAIL": digest("ann@example.com").upper()})])
    assert members(there)["c1"]["EMAIL"] == digest("ann@example.com")


@pytest.mark.parametrize("nothing", [None, "", " ", "no address", EMPTY_DIGEST])
def test_who_has_nothing_to_be_known_by_is_rejected_and_not_sent(
    there: StandIn, nothing: str | None
) -> None:
    outcomes = there.destination.push([row(1, fields={"EMAIL": nothing}), row(2)])
    assert [(one.status, one.error_code) for one in outcomes] == [
        ("rejected", "NO_IDENTIFIER"),
        ("accepted", None),
    ]
    assert members(there).keys() == {"c2"}


def test_another_address_takes_the_place_of_the_one_before(there: StandIn) -> None:
    before = {"EMAIL": "old@example.com"}
    there.destination.push([row(1, fields=before, unique_key=""), row(2)])
    moved = row(1, "update", {"EMAIL": "new@example.com"}, before, unique_key="")
    there.destination.push([moved])
    assert members(there).keys() == {digest("new@example.com"), "c2"}
    assert calls(there) == [("POST", "users", 2), ("DELETE", "users", 1), ("POST", "users", 1)]


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        ({"EMAIL": "old@b.co", "FN": "Ann"}, {"EMAIL": "a@b.co", "FN": "Ann"}, {"EMAIL"}),
        ({"EMAIL": "a@b.co", "PHONE": "+493023125000"}, {"EMAIL": "a@b.co"}, {"PHONE"}),
        ({"EXTERN_ID": "x", "EMAIL": "old@b.co"}, {"EXTERN_ID": "y", "EMAIL": "a@b.co"}, {"EMAIL"}),
        ({"EMAIL": "a@b.co", "FN": "Ann"}, {"EMAIL": "a@b.co", "FN": "Anna"}, set()),
        ({"FN": "Ann", "ZIP": "10115"}, {"FN": "Anna", "ZIP": "10115"}, {"FN", "ZIP"}),
        ({}, {"EMAIL": "a@b.co"}, set()),
    ],
)
def test_only_what_somebody_is_not_known_by_any_more_takes_them_out(
    there: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, str | None],
    now: dict[str, str | None],
    gone: set[str],
) -> None:
    sent = []
    send = requests.Session.send

    def seen(session: Any, request: requests.PreparedRequest, **more: Any) -> Any:
        if request.method == "DELETE":
            sent.append(json.loads(request.body or b"")["payload"])
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", seen)
    (outcome,) = there.destination.push([row(1, "update", now, before)])
    assert outcome.status == "accepted"
    assert [set(one["schema"]) for one in sent] == ([gone] if gone else [])


@pytest.mark.parametrize(
    "plain", ["Ann@example.com", "ann＠example.com", "+49 (30) 231-25", "＋4930"]
)
@pytest.mark.parametrize("name", ["unique_key", "EXTERN_ID", "MADID"])
def test_an_address_or_a_number_never_goes_as_it_is(there: StandIn, plain: str, name: str) -> None:
    fields: dict[str, str | None] = {"EMAIL": "a@b.co"}
    fields |= {} if name == "unique_key" else {name: plain}
    bad = row(3, fields=fields, unique_key=plain if name == "unique_key" else "c3")
    first = [row(1, "remove", {}, {"EMAIL": "person1@example.com"}), row(2)]
    with pytest.raises(ConfigError, match=name) as refused:
        there.destination.push([*first, bad])
    assert plain not in str(refused.value)
    assert calls(there) == []


def test_who_was_to_go_by_an_address_is_taken_out_by_the_hashes_alone(there: StandIn) -> None:
    there.destination.push([row(1), row(2)])
    plain = "person1@example.com"
    known = row(1, "remove", {}, {"EMAIL": plain}, unique_key=plain)
    never = row(3, "remove", {}, {}, unique_key="person3@example.com")
    outcomes = there.destination.push([known, never, row(2)])
    assert [one.status for one in outcomes] == ["accepted"] * 3
    assert members(there).keys() == {"c2"}
    assert calls(there)[1:] == [("DELETE", "users", 1), ("POST", "users", 1)]


def test_an_id_with_digits_and_a_plus_inside_is_an_id(there: StandIn) -> None:
    ids = ["c+1", "0049301234", "+x", "1-2"]
    there.destination.push([row(n, unique_key=one) for n, one in enumerate(ids)])
    assert members(there).keys() == set(ids)


def test_an_address_that_went_as_an_id_once_does_not_go_again_to_take_somebody_out(
    there: StandIn,
) -> None:
    there.destination.push([row(1)])
    before = {"EXTERN_ID": "person1@example.com", "EMAIL": "person1@example.com"}
    there.destination.push([row(1, "remove", {}, before, unique_key="")])
    assert members(there) == {}


def test_an_update_that_changes_no_hash_takes_nobody_out(there: StandIn) -> None:
    there.destination.push([row(1, "update", {"EMAIL": "a@b.co"}, {"EMAIL": " A@b.co"})])
    assert calls(there) == [("POST", "users", 1)]


def test_a_removal_goes_by_what_was_sent_and_else_by_our_id(there: StandIn) -> None:
    there.destination.push([row(1), row(2), row(3)])
    known = {"EMAIL": "person1@example.com"}
    outcomes = there.destination.push(
        [
            row(1, "remove", {"EMAIL": None}, known, unique_key=""),
            row(2, "remove", {"EMAIL": None}),
            row(3, "remove", {"EMAIL": None}, unique_key=""),
        ]
    )
    assert [one.status for one in outcomes] == ["accepted", "accepted", "rejected"]
    assert members(there).keys() == {"c3"}


@pytest.mark.parametrize("operation", ["remove", "erase", "update"])
def test_an_address_whose_answer_got_lost_is_taken_out_as_well(
    there: StandIn, operation: Operation
) -> None:
    first, lost, now = ({"EMAIL": f"{one}@example.com"} for one in ("old", "lost", "now"))
    there.destination.push([row(1, fields=first), row(2, fields=lost), row(3)])
    changed = row(1, operation, now if operation == "update" else {}, first, unique_key="")
    there.destination.push([replace(changed, in_doubt=[lost])])
    left = {digest("now@example.com")} if operation == "update" else set()
    assert members(there).keys() == left | {"c3"}


def test_more_people_than_a_call_takes_are_taken_out_by_two(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.destinations.meta.MAX_BATCH", 2)
    there.destination.push([row(1), row(2), row(3)])
    doubts = [{"EMAIL": f"person{number}@example.com"} for number in (2, 3)]
    gone = row(1, "remove", {}, {"EMAIL": "person1@example.com"}, unique_key="")
    there.destination.push([replace(gone, in_doubt=doubts)])
    assert [rows for method, _, rows in calls(there) if method == "DELETE"] == [2, 1]
    assert members(there) == {}


def test_an_erasure_reaches_every_audience_of_the_ad_account(there: StandIn) -> None:
    there.destination.push([row(1)])
    there.destination.push([row(1, "erase", {}, {"EMAIL": "person1@example.com"})])
    assert calls(there)[-1] == ("DELETE", "usersofanyaudience", 1)
    assert members(there) == {}


def test_a_call_with_an_invalid_row_is_refused_until_the_row_is_alone(there: StandIn) -> None:
    there.fault("row_error", unique_value="c2", times=None)
    with pytest.raises(BatchRefused) as refused:
        there.destination.push([row(1), row(2)])
    assert refused.value.code == INVALID
    assert there.destination.push([row(1)])[0].status == "accepted"


def test_an_answer_that_counts_fewer_people_proves_nothing(there: StandIn) -> None:
    there.fault("empty_results", times=None)
    with pytest.raises(Ambiguous):
        there.destination.push([row(1)])


def test_many_people_are_one_call(there: StandIn) -> None:
    many = 2_000
    outcomes = there.destination.push([row(number) for number in range(many)])
    assert {one.status for one in outcomes} == {"accepted"}
    assert calls(there) == [("POST", "users", many)]
    assert len({one.request_id for one in outcomes}) == 1
    assert [one.request_row for one in outcomes] == list(range(many))
    assert there.destination.capabilities.max_batch == 10_000


def test_what_became_of_a_call_can_be_asked(there: StandIn) -> None:
    (outcome,) = there.destination.push([row(1)])
    destination = there.destination
    assert isinstance(destination, MetaAudience)
    collected = destination.collect(str(outcome.request_id))
    assert (collected.status, collected.rows, collected.match_rate) == ("done", 1, "100%")
    assert destination.collect("12").status == "processing"


def error(code: int, subcode: int | None = None, status: int = 400, **more: Any) -> Answer:
    body = {"error": {"code": code, "error_subcode": subcode, "message": "ann@example.com", **more}}
    return Answer("Meta", "POST", "/v26.0/1/users", status, {}, body)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(190), AccessRefused),
        (error(102), AccessRefused),
        (error(200), AccessRefused),
        (error(294), AccessRefused),
        (error(200, 1870090), AccessRefused),
        (error(100, 1713230), AccessRefused),
        (error(100, 33), AccessRefused),
        (error(368), AccessRefused),
        (error(100), BatchRefused),
        (error(105), BatchRefused),
        (error(4), Retriable),
        (error(17), Retriable),
        (error(613), Retriable),
        (error(80003), Retriable),
        (error(2, status=500), Retriable),
        (error(9, is_transient=True), Retriable),
        (error(2650, 1870145), Retriable),
    ],
)
def test_every_code_has_its_class(answer: Answer, kind: type[DestinationError]) -> None:
    found = classify(answer)
    assert type(found) is kind
    assert "ann" not in str(found)


def test_an_answer_without_an_error_of_meta_means_what_it_means_everywhere() -> None:
    assert classify(Answer("Meta", "GET", "/", 200, {}, {"data": []})) is None
    assert classify(error(99999)) is None


def test_a_wait_of_minutes_is_waited_and_one_of_an_hour_ends_the_run() -> None:
    def limited(minutes: object) -> DestinationError | None:
        usage = {"1": [{"estimated_time_to_regain_access": minutes}]}
        headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
        body = {"error": {"code": 80003}}
        return classify(Answer("Meta", "POST", "/", 400, headers, body))

    short, long, none = limited(1), limited(37), limited("?")
    assert isinstance(short, Retriable)
    assert short.retry_after == 60
    assert isinstance(none, Retriable)
    assert isinstance(long, QuotaExhausted)
    assert long.resumes_at is not None
    assert 36 * 60 < (long.resumes_at - datetime.now(UTC)).total_seconds() <= 37 * 60


def test_a_field_that_meta_lacks_is_a_mistake_and_a_conflict(there: StandIn) -> None:
    with pytest.raises(ConfigError, match="SHOE_SIZE"):
        there.destination.push([row(1, fields={"SHOE_SIZE": "43"})])
    (_, step) = there.destination.plan_setup([Field("a", "SHOE_SIZE", "string", "", "")])
    assert step.action == "conflict"


def test_the_audience_is_made_once_by_its_name(tmp_path: Path, monkeypatch: Any) -> None:
    with standing_in("meta", tmp_path, monkeypatch) as fresh:
        assert [one.ok for one in fresh.destination.check()] == [True, True, False]
        with pytest.raises(AccessRefused, match="decile setup meta"):
            fresh.destination.push([row(1)])
        assert fresh.destination.apply_setup([])[0].action == "create"
        assert fresh.destination.apply_setup([])[0].action == "exists"
        assert len(fresh.get("held?service=meta")["audience"]) == 1
        assert all(one.ok for one in fresh.destination.check())


GOOD = {"META_TOKEN": "t", "META_AD_ACCOUNT": "act_12"}


def test_settings_have_defaults_and_every_mistake_is_named() -> None:
    settings = Settings.read(GOOD)
    assert (settings.ad_account, settings.version, settings.account) == ("12", "v26.0", "live")
    bad = {"META_AD_ACCOUNT": "my account", "META_API_VERSION": "26", "META_CALLS_PER_HOUR": "many"}
    with pytest.raises(ConfigError) as mistakes:
        Settings.read(GOOD | bad | {"META_ACCOUNT": "sandbox"})
    assert [name in str(mistakes.value) for name in (*bad, "META_ACCOUNT")] == [True] * 4


def test_half_of_the_settings_open_nothing() -> None:
    with pytest.raises(ConfigError, match="META_AD_ACCOUNT is not"):
        DESTINATIONS["meta"].is_real({"META_TOKEN": "t"})


def test_an_audience_of_a_number_is_not_looked_up() -> None:
    with DESTINATIONS["meta"].open(GOOD, Target("members", {"audience": "42"})) as opened:
        steps = opened.destination.plan_setup([])
    assert [(step.action, step.detail) for step in steps] == [("exists", "id 42")]


CELLS = st.one_of(st.none(), st.text(max_size=9), st.sampled_from([EMPTY_DIGEST, "a@b.co", "DE"]))
HASHED = [name for name, kind in COLUMNS.items() if kind]


@given(st.lists(st.dictionaries(st.sampled_from(HASHED), CELLS), min_size=1))
def test_a_table_is_as_wide_as_its_schema_and_never_holds_the_hash_of_nothing(
    rows: list[dict[str, str | None]],
) -> None:
    people = [hashed(row(number, fields=fields)) for number, fields in enumerate(rows)]
    people = [{name: one[name] for name in one if name != "EXTERN_ID"} for one in people]
    laid: Any = table(people) if all(people) else {"schema": [], "data": []}
    with pytest.raises(ConfigError, match="never sent"):
        table([{"EXTERN_ID": EMPTY_DIGEST}])
    for cells in laid["data"]:
        assert len(cells) == len(laid["schema"])
        assert EMPTY_DIGEST not in cells


def test_our_calls_are_those_of_the_vendors_own_specification() -> None:
    if not SPECS.exists():
        pytest.skip("the vendor's specification is not part of this repository")

    def parameters(file: str, method: str, endpoint: str) -> set[str]:
        apis = json.loads((SPECS / file).read_text(encoding="utf-8"))["apis"]
        (found,) = [
            one for one in apis if (one["method"], one.get("endpoint")) == (method, endpoint)
        ]
        return {one["name"] for one in found["params"]}

    for method in ("POST", "DELETE"):
        assert parameters("CustomAudience.json", method, "users") >= {"payload", "session"}
    assert "session_id" in parameters("CustomAudience.json", "GET", "sessions")
    extract = "AdAccount.extract.json"
    assert "payload" in parameters(extract, "DELETE", "usersofanyaudience")
    assert parameters(extract, "POST", "customaudiences") >= {
        "name", "subtype", "description", "customer_file_source"
    }  # fmt: skip
