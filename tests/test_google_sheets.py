"""Google Sheets against the sandbox: which cells are written, what a row is found by, the key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from stand_ins import StandIn, change, held, standing_in

from sync.answers import Answer
from sync.changes import Change, Field
from sync.destinations.google_sheets import classify
from sync.destinations.google_sheets_connect import CONNECTOR, SCOPE, Settings
from sync.destinations.google_sheets_tab import letters_of, runs
from sync.destinations.google_token import ServiceAccount, claim
from sync.errors import AccessRefused, Ambiguous, BatchRefused, ConfigError, Retriable

SPEC = Path(__file__).parents[1].parent / "shared" / "specs" / "google" / "sheets.v4.json"
SCORE = Field("score", "decile_score", "integer", "Score", "1 to 100.")
NOTE = Field("note", "decile_note", "string", "Note", "Any text.")
CREDENTIALS = CONNECTOR.sandboxed("https://oauth2.example.com")["GOOGLE_SHEETS_CREDENTIALS"]
LIVE = {"GOOGLE_SHEETS_CREDENTIALS": CREDENTIALS}


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with standing_in("google_sheets", tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def ready(there: StandIn) -> StandIn:
    there.destination.apply_setup([SCORE, NOTE])
    return there


def row(number: int, operation: Any = "upsert", **fields: str | None) -> Change:
    return change("google_sheets", number, operation, fields or None)


def sheet(there: StandIn) -> dict[str, Any]:
    return held(there, "google_sheets", "tabs")["book/leads"]


def call(there: StandIn, what: str, body: dict[str, Any]) -> None:
    """Do what a person does in the spreadsheet."""
    headers = {"Authorization": f"Bearer ya29.{there.sandbox.token}"}
    url = f"{there.sandbox.url}/google_sheets/v4/spreadsheets/book{what}:batchUpdate"
    # Not through a session that is held against the contract.
    with requests.sessions.Session() as session:
        request = session.prepare_request(requests.Request("POST", url, json=body, headers=headers))
        assert session.get_adapter(url).send(request, timeout=5).status_code == 200


def person_writes(there: StandIn, cells: str, values: list[list[Any]]) -> None:
    data = [{"range": f"'leads'!{cells}", "values": values}]
    call(there, "/values", {"valueInputOption": "RAW", "data": data})


def sent(monkeypatch: pytest.MonkeyPatch) -> list[requests.PreparedRequest]:
    kept: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def keeping(session: Any, request: requests.PreparedRequest, **more: Any) -> Any:
        if "/sandbox/" not in str(request.url):
            kept.append(request)
        return send(session, request, **more)

    monkeypatch.setattr(requests.Session, "send", keeping)
    return kept


def test_the_setup_makes_a_tab_with_a_frozen_header(there: StandIn) -> None:
    steps = there.destination.apply_setup([SCORE, NOTE])
    assert [step.action for step in steps] == ["create"] * 5
    assert sheet(there)["grid"]["frozenRowCount"] == 1
    assert sheet(there)["values"] == [["decile_key", "decile_score", "decile_note"]]
    assert {step.action for step in there.destination.plan_setup([SCORE, NOTE])} == {"exists"}


def test_a_tab_of_somebody_else_gets_what_it_lacks_on_the_right(there: StandIn) -> None:
    grid = {"rowCount": 3, "columnCount": 2}
    call(there, "", {"requests": [{"addSheet": {"properties": {"title": "leads", "gridProperties": grid}}}]})  # fmt: skip  # noqa: E501
    person_writes(there, "A1:B1", [["Owner", "decile_note"]])
    there.destination.apply_setup([SCORE, NOTE])
    assert sheet(there)["values"] == [["Owner", "decile_note", "decile_key", "decile_score"]]
    assert sheet(there)["grid"] == {"rowCount": 3, "columnCount": 4, "frozenRowCount": 1}


def test_two_columns_of_one_title_are_a_conflict(ready: StandIn) -> None:
    person_writes(ready, "D1:D1", [["decile_note"]])
    steps = {step.name: step.action for step in ready.destination.plan_setup([SCORE, NOTE])}
    assert steps["decile_note"] == "conflict"
    with pytest.raises(AccessRefused, match="twice"):
        ready.destination.push([row(1, decile_note="x")])


def test_a_column_that_is_missing_stops_and_names_the_setup(ready: StandIn) -> None:
    with pytest.raises(AccessRefused, match="decile setup google_sheets"):
        ready.destination.push([row(1, not_there="1")])


@pytest.mark.parametrize("text", ["=1+1", "+49", "@SUM(A1)", "'quoted", "1e5", "2026-07-01"])
def test_a_text_is_never_a_formula(ready: StandIn, text: str) -> None:
    ready.destination.push([row(1, decile_note=text)])
    assert sheet(ready)["values"][1] == ["k1", "", text]


def test_rows_are_found_wherever_they_were_moved(ready: StandIn) -> None:
    ready.destination.push([row(1), row(2)])
    person_writes(ready, "A2:D3", [["k2", 7, "", "mine"], ["k1", 7, "", ""]])
    ready.destination.push([row(2, decile_score="9"), row(3, decile_score="5")])
    assert sheet(ready)["values"][1:] == [["k2", 9, "", "mine"], ["k1", 7, "", ""], ["k3", 5]]


def test_columns_may_be_moved_and_what_lies_between_is_left(ready: StandIn) -> None:
    person_writes(ready, "A1:E1", [["decile_note", "Owner", "decile_key", "Phase", "decile_score"]])
    person_writes(ready, "A2:E2", [["", "Ada", "k1", "won", ""]])
    ready.destination.push([row(1, decile_note="x", decile_score="8")])
    assert sheet(ready)["values"][1] == ["x", "Ada", "k1", "won", 8]


def test_null_clears_a_cell(ready: StandIn) -> None:
    ready.destination.push([row(1, decile_note="x", decile_score="8")])
    ready.destination.push([row(1, decile_note=None)])
    assert sheet(ready)["values"][1] == ["k1", 8, ""]


def test_a_deletion_takes_every_row_of_the_key_and_no_other(ready: StandIn) -> None:
    ready.destination.push([row(number) for number in range(1, 7)])
    person_writes(ready, "A8:A8", [["k2"]])
    ready.destination.push([row(2, "remove"), row(5, "remove"), row(77, "remove")])
    assert [line[0] for line in sheet(ready)["values"]] == ["decile_key", "k1", "k3", "k4", "k6"]


def test_the_last_row_can_be_deleted_from_a_full_tab(ready: StandIn) -> None:
    ready.destination.push([row(1), row(2)])
    cut = {"sheetId": 1, "dimension": "ROWS", "startIndex": 3, "endIndex": 1000}
    call(ready, "", {"requests": [{"deleteDimension": {"range": cut}}]})
    outcomes = ready.destination.push([row(1, "remove"), row(2, "erase")])
    assert [one.status for one in outcomes] == ["accepted", "accepted"]
    assert sheet(ready)["grid"]["rowCount"] == 2


def test_a_deletion_without_an_answer_is_not_repeated(ready: StandIn) -> None:
    ready.destination.push([row(1), row(2), row(3)])
    ready.fault("applied_then_502")
    with pytest.raises(Ambiguous):
        ready.destination.push([row(1, "remove")])
    assert ready.destination.push([row(1, "remove")])[0].status == "accepted"
    assert [line[0] for line in sheet(ready)["values"][1:]] == ["k2", "k3"]


def test_a_write_without_an_answer_leaves_each_row_once(ready: StandIn) -> None:
    ready.fault("cut", path="values:batchUpdate")
    assert ready.destination.push([row(1), row(2)])[0].status == "accepted"
    assert [line[0] for line in sheet(ready)["values"][1:]] == ["k1", "k2"]


def test_a_tab_grows_and_many_rows_take_few_calls(ready: StandIn) -> None:
    for start in (1, 501):
        before = len(ready.get("calls")["calls"])
        changes = [row(number) for number in range(start, start + 500)]
        assert {one.status for one in ready.destination.push(changes)} == {"accepted"}
    assert len(ready.get("calls")["calls"]) - before == 5  # header, keys, size, growth, cells
    assert sheet(ready)["grid"]["rowCount"] == 2000
    assert len(sheet(ready)["values"]) == 1001


def test_a_cell_that_is_too_long_takes_no_other_row_with_it(ready: StandIn) -> None:
    long, good = ready.destination.push([row(1, decile_note="x" * 50_001), row(2)])
    assert (long.status, long.error_code, good.status) == ("rejected", "CELL_TOO_LONG", "accepted")
    assert [line[0] for line in sheet(ready)["values"][1:]] == ["k2"]


def test_the_column_of_the_key_is_not_for_a_field(ready: StandIn) -> None:
    with pytest.raises(ConfigError, match="decile_key"):
        ready.destination.push([row(1, decile_key="x")])


def test_a_check_says_that_the_tab_is_missing(there: StandIn) -> None:
    findings = {finding.name: finding for finding in there.destination.check()}
    assert findings["spreadsheet"].ok
    assert not findings["tab"].ok
    assert "decile setup google_sheets" in findings["tab"].detail


def test_a_token_that_ran_out_is_fetched_again_once(
    ready: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.fault("status", status=401, path="values:batchUpdate")
    kept = sent(monkeypatch)
    assert ready.destination.push([row(1)])[0].status == "accepted"
    assert [str(one.path_url).endswith("/token") for one in kept].count(True) == 1


def said(status: int, name: str, method: str = "POST") -> Answer:
    body: dict[str, object] = {"error": {"status": name, "message": "ada@example.com"}}
    return Answer("Google Sheets", method, "/v4/spreadsheets/book", status, {}, body)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (said(429, "RESOURCE_EXHAUSTED"), Retriable),
        (said(403, "RESOURCE_EXHAUSTED"), Retriable),
        (said(403, "PERMISSION_DENIED"), AccessRefused),
        (said(404, "NOT_FOUND"), AccessRefused),
        (said(400, "INVALID_ARGUMENT", "GET"), AccessRefused),
        (said(400, "INVALID_ARGUMENT"), type(None)),
        (said(503, "UNAVAILABLE"), type(None)),
    ],
)
def test_every_error_has_its_class(answer: Answer, kind: type) -> None:
    found = classify(answer)
    assert type(found) is kind
    assert "ada@" not in str(found)


def test_a_refused_write_is_refused_as_a_batch(ready: StandIn) -> None:
    ready.fault("batch_400")
    with pytest.raises(BatchRefused):
        ready.destination.push([row(1), row(2)])


@given(st.integers(1, 20_000))
def test_letters_count_columns(number: int) -> None:
    value = 0
    for letter in letters_of(number):
        value = value * 26 + ord(letter) - 64
    assert value == number


@given(st.sets(st.integers(1, 40)))
def test_runs_hold_every_column_once_and_never_touch(columns: set[int]) -> None:
    found = list(runs(columns))
    assert [column for run in found for column in run] == sorted(columns)
    assert all(after[0] - before[-1] > 1 for before, after in zip(found, found[1:], strict=False))


def test_a_claim_is_signed_by_the_key_and_says_no_more_than_is_needed() -> None:
    account = ServiceAccount.read("X", CREDENTIALS)
    claims = jwt.decode(
        claim(account, SCOPE, 4_000_000_000),
        account.key.public_key(),
        algorithms=["RS256"],
        audience=account.token_uri,
        options={"verify_iat": False},
    )
    assert claims == {
        "iss": "decile@sandbox.example",
        "scope": "https://www.googleapis.com/auth/spreadsheets",
        "aud": "https://oauth2.example.com/google_sheets/token",
        "iat": 4_000_000_000,
        "exp": 4_000_003_600,
    }


def test_the_key_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(CREDENTIALS, encoding="utf-8")
    settings = Settings.read({"GOOGLE_SHEETS_CREDENTIALS": str(file)})
    assert settings.credentials.email == "decile@sandbox.example"
    assert settings.account == "live"


def other_key() -> str:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return json.dumps(json.loads(CREDENTIALS) | {"private_key": pem.decode()})


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"GOOGLE_SHEETS_CREDENTIALS": "not-there.json"}, "key file"),
        ({"GOOGLE_SHEETS_CREDENTIALS": "{secret"}, "key file"),
        ({"GOOGLE_SHEETS_CREDENTIALS": "{}"}, "client_email, private_key, token_uri"),
        ({"GOOGLE_SHEETS_CREDENTIALS": other_key()}, "private_key"),
        ({"GOOGLE_SHEETS_CALLS_PER_MINUTE": "0"}, "GOOGLE_SHEETS_CALLS_PER_MINUTE"),
        ({"GOOGLE_SHEETS_ACCOUNT": "sandbox"}, "GOOGLE_SHEETS_ACCOUNT"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(wrong: dict[str, str], name: str) -> None:
    with pytest.raises(ConfigError, match=name) as problem:
        Settings.read(LIVE | wrong)
    assert "secret" not in str(problem.value)


def test_a_refused_claim_stops(there: StandIn) -> None:
    there.fault("status", status=400, path="/token")
    with pytest.raises(AccessRefused, match="service account"):
        there.destination.check()


@pytest.mark.skipif(not SPEC.exists(), reason="the vendor's own description is not here")
def test_requests_fit_the_description_of_the_vendor(
    there: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    kept = sent(monkeypatch)
    there.destination.apply_setup([SCORE])
    there.destination.push([replace(row(1), fields={"decile_score": "1"})])
    there.destination.push([row(1, "remove")])
    for request in kept:
        path = str(request.path_url).split("?")[0].removeprefix("/google_sheets/v4/spreadsheets/")
        if request.body and path.startswith("book"):
            values = path.endswith("/values:batchUpdate")
            name = "BatchUpdateValuesRequest" if values else "BatchUpdateSpreadsheetRequest"
            assert misfits(spec, {"$ref": name}, json.loads(request.body)) == []


def misfits(spec: dict[str, Any], rule: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """Say what the vendor's description does not know."""
    rule = spec["schemas"][rule["$ref"]] if "$ref" in rule else rule
    if "enum" in rule and value not in rule["enum"]:
        return [f"{path}={value}"]
    if isinstance(value, list):
        items = rule.get("items", {})
        return [found for one in value for found in misfits(spec, items, one, path)]
    if isinstance(value, dict):
        known = rule.get("properties", {})
        unknown = [f"{path}.{name}" for name in value if name not in known]
        return unknown + [
            found
            for name in value.keys() & known.keys()
            for found in misfits(spec, known[name], value[name], f"{path}.{name}")
        ]
    return []
