"""The sandbox: as strict as HubSpot, and as faulty as it is told to be."""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.errors import ConfigError
from sync.sandbox import Limit, Sandbox, serve

CONTACTS = "/crm/objects/2026-09/contacts"
PROPERTIES = "/crm/properties/2026-09/contacts"
HEADER = "id,property_email,property_firstname,property_numemployees,property_createdate,"
HEADER += "property_decile_score,_fivetran_deleted,_fivetran_synced"
ROWS = (
    "101,ada@example.com,Ada,12,2025-03-01 09:00:00,99,false",
    "102,bob@example.org,Bob,,2025-03-02 09:00:00,,False",
    "103,gone@example.net,Gone,,,,true",
)
SCORE = {
    "name": "decile_score",
    "label": "Lead score",
    "groupName": "contactinformation",
    "type": "number",
    "fieldType": "number",
}
KEY = SCORE | {"name": "lead_key", "type": "string", "fieldType": "text", "hasUniqueValue": True}


class Client:
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {sandbox.token}"

    def get(self, path: str, **query: str) -> requests.Response:
        return self.session.get(self.sandbox.url + path, params=query, timeout=5)

    def post(self, path: str, body: object) -> requests.Response:
        return self.session.post(self.sandbox.url + path, json=body, timeout=5)

    def write(self, call: str, *rows: dict[str, Any]) -> requests.Response:
        return self.post(f"{CONTACTS}/batch/{call}", {"inputs": list(rows)})

    def properties(self, record: str, *names: str) -> dict[str, Any]:
        found = self.get(f"{CONTACTS}/{record}", properties=",".join(names)).json()["properties"]
        return {name: found[name] for name in names}


def records_in(folder: Path, *rows: str) -> Path:
    path = folder / "contacts.csv"
    path.write_text("\n".join([HEADER, *(rows or ROWS)]), encoding="utf-8")
    return path


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Client]:
    state, records = folder / "state.sqlite", records_in(folder)
    with Sandbox(state=state, records=records, **settings) as sandbox:
        client = Client(sandbox)
        with client.session:
            yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with running(tmp_path) as client:
        client.post(PROPERTIES, SCORE).raise_for_status()
        client.post(PROPERTIES, KEY).raise_for_status()
        yield client


def row(record: str = "101", **properties: Any) -> dict[str, Any]:
    return {
        "id": record,
        "objectWriteTraceId": f"trace-{record}",
        "properties": properties or {"decile_score": "5"},
    }


def keyed(key: str, **properties: str) -> dict[str, Any]:
    return row(key, **(properties or {"decile_score": "5"})) | {"idProperty": "lead_key"}


def the_error(answer: requests.Response) -> tuple[str, str]:
    assert answer.status_code == 207
    body = answer.json()
    (error,) = body["errors"]
    assert body["numErrors"] == 1
    code = error["errors"][0]["code"] if error["errors"] else error["category"]
    return code, error["context"]["objectWriteTraceId"][0]


def test_it_starts_with_the_records_of_the_export(client: Client) -> None:
    assert client.properties("101", "email", "firstname", "numemployees") == {
        "email": "ada@example.com",
        "firstname": "Ada",
        "numemployees": "12",
    }
    assert client.get(f"{CONTACTS}/101").json()["createdAt"] == "2025-03-01T09:00:00Z"


def test_a_deleted_record_is_not_there(client: Client) -> None:
    assert client.get(f"{CONTACTS}/103").status_code == 404


def test_of_a_record_that_was_landed_twice_the_latest_row_counts(tmp_path: Path) -> None:
    records = records_in(
        tmp_path,
        "7,,Second,,,,false,2025-05-02 00:00:00",
        "7,,First,,,,false,2025-05-01 00:00:00",
        "8,,Here,,,,false,2025-05-01 00:00:00",
        "8,,Gone,,,,true,2025-05-02 00:00:00",
    )
    with Sandbox(state=tmp_path / "state.sqlite", records=records) as sandbox:
        client = Client(sandbox)
        with client.session:
            assert client.properties("7", "firstname") == {"firstname": "Second"}
            assert client.get(f"{CONTACTS}/8").status_code == 404


def test_fields_of_ours_are_missing_until_they_are_created(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        assert the_error(client.write("update", row()))[0] == "PROPERTY_DOESNT_EXIST"


def test_state_survives_a_restart_and_new_records_of_the_export_appear(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        client.write("update", row(firstname="Augusta"))
    records = records_in(tmp_path, *ROWS, "104,eve@example.com,Eve,,,,")
    with Sandbox(state=tmp_path / "state.sqlite", records=records) as sandbox:
        client = Client(sandbox)
        with client.session:
            assert client.properties("101", "firstname") == {"firstname": "Augusta"}
            assert client.properties("104", "firstname") == {"firstname": "Eve"}


def test_the_state_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    with running(tmp_path):
        assert stat.S_IMODE((tmp_path / "state.sqlite").stat().st_mode) == 0o600


@pytest.mark.parametrize("token", ["", "Bearer wrong", "sandbox-token", "Bearer sécret"])
def test_a_wrong_token_is_refused(client: Client, token: str) -> None:
    headers = {"Authorization": token.encode()}
    answer = requests.get(f"{client.sandbox.url}{CONTACTS}/101", headers=headers, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"


def test_the_token_can_be_chosen(tmp_path: Path) -> None:
    with running(tmp_path, token="mine") as client:
        assert client.get(f"{CONTACTS}/101").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="no inputs"),
        pytest.param({"inputs": []}, id="empty"),
        pytest.param({"inputs": [row(str(n)) for n in range(101)]}, id="101 rows"),
        pytest.param({"inputs": [row()], "more": 1}, id="unknown key"),
        pytest.param({"inputs": [row() | {"idPropery": "x"}]}, id="misspelt key"),
        pytest.param({"inputs": [row() | {"id": 101}]}, id="id as a number"),
        pytest.param({"inputs": [row() | {"id": ""}]}, id="empty id"),
        pytest.param({"inputs": [row(decile_score=5)]}, id="value as a number"),
        pytest.param({"inputs": [row(decile_score=None)]}, id="value as null"),
        pytest.param({"inputs": [row(), row()]}, id="same id twice"),
        pytest.param({"inputs": [row() | {"idProperty": "firstname"}]}, id="not unique"),
        pytest.param({"inputs": [row(), keyed("a")]}, id="two idProperties"),
        pytest.param([row()], id="a list"),
    ],
)
def test_a_batch_that_breaks_the_contract_is_refused_as_a_whole(
    client: Client, body: object
) -> None:
    answer = client.post(f"{CONTACTS}/batch/update", body)
    assert answer.status_code == 400
    assert {"category", "message", "correlationId"} <= answer.json().keys()
    assert client.properties("101", "decile_score") == {"decile_score": None}


def test_an_upsert_needs_an_id_property(client: Client) -> None:
    assert client.write("upsert", row("a")).status_code == 400


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("unheard_of", "1", "PROPERTY_DOESNT_EXIST"),
        ("decile_score", "1,5", "INVALID_INTEGER"),
        ("decile_score", "high", "INVALID_INTEGER"),
        ("hs_email_optout", "yes", "INVALID_BOOLEAN"),
        ("lifecyclestage", "stranger", "INVALID_OPTION"),
        ("createdate", "2026-07-01T00:00:00Z", "READ_ONLY_VALUE"),
        ("email", "nobody", "INVALID_EMAIL"),
        ("firstname", "x" * 65_537, "PROPERTY_VALUE_TOO_LONG"),
        ("email", "BOB@example.org", "CONFLICTING_UNIQUE_VALUE"),
    ],
)
def test_a_value_that_does_not_fit_fails_its_row_alone(
    client: Client, name: str, value: str, code: str
) -> None:
    answer = client.write("update", row("101", **{name: value}), row("102"))
    assert the_error(answer) == (code, "trace-101")
    assert [result["id"] for result in answer.json()["results"]] == ["102"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "datetime",
            ["2026-07-01T00:00:00Z", "2026-07-01T02:00:00.5+02:00", "1782864000000"],
            ["2026-07-01", "2026-07-01 00:00:00", "2026-07-01T00:00:00", "soon"],
        ),
        ("date", ["2026-07-01", "1782864000000"], ["01.07.2026", "2026-02-30", "1782864000001"]),
    ],
)
def test_times_and_days_are_checked(
    client: Client, kind: str, good: list[str], bad: list[str]
) -> None:
    field = SCORE | {"name": "moment", "type": kind, "fieldType": "date"}
    client.post(PROPERTIES, field).raise_for_status()
    for value in good:
        assert client.write("update", row(moment=value)).status_code == 200, value
    for value in bad:
        assert client.write("update", row(moment=value)).status_code == 207, value


def test_a_conflict_names_no_value(client: Client) -> None:
    answer = client.write("update", row("101", email="bob@example.org"))
    assert "bob" not in answer.text


def test_a_bad_row_without_a_trace_id_takes_the_whole_batch_back(client: Client) -> None:
    bad = {"id": "102", "properties": {"decile_score": "high"}}
    assert client.write("update", row("101"), bad).status_code == 400
    assert client.properties("101", "decile_score") == {"decile_score": None}


def test_an_unknown_record_is_an_error_of_its_row(client: Client) -> None:
    answer = client.write("update", row("101"), row("999"))
    assert the_error(answer) == ("OBJECT_NOT_FOUND", "trace-999")


def test_an_empty_text_clears(client: Client) -> None:
    client.write("update", row(firstname=""))
    assert client.properties("101", "firstname") == {"firstname": None}


def test_a_cleared_unique_value_is_free_again(client: Client) -> None:
    client.write("update", row("101", email=""))
    answer = client.write("update", row("102", email="ada@example.com"))
    assert answer.status_code == 200


def test_upsert_creates_then_updates(client: Client) -> None:
    first = client.write("upsert", keyed("a", email="new@example.com")).json()["results"][0]
    second = client.write("upsert", keyed("a", decile_score="9")).json()["results"][0]
    assert (first["new"], second["new"]) == (True, False)
    assert first["id"] == second["id"]
    assert first["objectWriteTraceId"] == "trace-a"
    assert client.get(f"{CONTACTS}/a", idProperty="lead_key", properties="email").json()[
        "properties"
    ]["email"] == ("new@example.com")


def test_two_new_rows_with_one_email_conflict_within_a_batch(client: Client) -> None:
    rows = [keyed(key, email="same@example.com") for key in ("a", "b")]
    assert the_error(client.write("upsert", *rows)) == ("CONFLICTING_UNIQUE_VALUE", "trace-b")


def test_batch_read_gives_what_is_there_and_names_what_is_not(client: Client) -> None:
    body = {"inputs": [{"id": "101"}, {"id": "999"}], "properties": ["email"]}
    answer = client.post(f"{CONTACTS}/batch/read", body)
    assert answer.status_code == 207
    assert answer.json()["results"][0]["properties"]["email"] == "ada@example.com"
    assert answer.json()["errors"][0]["context"] == {"ids": ["999"]}


@pytest.mark.parametrize("path", ["/crm/objects/1999-01/contacts/101", "/crm/v9/x", "/nowhere"])
def test_an_unknown_path_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_properties_and_groups_are_listed_read_and_created_once(client: Client) -> None:
    group = {"name": "decile", "label": "Decile", "displayOrder": -1}
    assert client.post(f"{PROPERTIES}/groups", group).status_code == 201
    assert client.post(f"{PROPERTIES}/groups", group).status_code == 409
    assert client.get(f"{PROPERTIES}/groups/decile").json()["label"] == "Decile"
    assert client.post(PROPERTIES, SCORE).status_code == 409
    assert client.get(f"{PROPERTIES}/lead_key").json()["hasUniqueValue"] is True
    assert client.get(f"{PROPERTIES}/unheard_of").status_code == 404
    listed = {item["name"] for item in client.get(PROPERTIES).json()["results"]}
    assert {"email", "numemployees", "decile_score", "lead_key"} <= listed


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Lead Score"},
        {"type": "number", "fieldType": "text"},
        {"type": "integer"},
        {"groupName": "nowhere"},
        {"type": "bool", "fieldType": "booleancheckbox"},
        {"type": "enumeration", "fieldType": "select"},
        {"more": 1},
        {"label": None},
    ],
)
def test_a_property_that_does_not_hold_together_is_refused(
    client: Client, change: dict[str, object]
) -> None:
    assert client.post(PROPERTIES, SCORE | {"name": "other"} | change).status_code == 400


def test_the_limit_answers_429_with_its_policy(tmp_path: Path) -> None:
    clock = [0.0]
    limit = Limit(calls=2, seconds=10)
    with running(tmp_path, limit=limit, clock=lambda: clock[0]) as client:
        assert client.get(PROPERTIES).headers["X-HubSpot-RateLimit-Remaining"] == "1"
        client.get(PROPERTIES)
        refused = client.get(PROPERTIES)
        clock[0] = 10
        passed = client.get(PROPERTIES)
    assert refused.status_code == 429
    assert refused.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert refused.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert passed.status_code == 200


# Faults.


def test_faults_wait_strike_as_often_as_asked_and_are_gone(client: Client) -> None:
    client.post("/sandbox/faults", {"kind": "status", "status": 503, "times": 2, "after": 1})
    assert [client.get(PROPERTIES).status_code for _ in range(4)] == [200, 503, 503, 200]


def test_faults_can_be_seen_and_taken_back(client: Client) -> None:
    client.post("/sandbox/faults", {"kind": "expire_token"})
    assert client.get(PROPERTIES).status_code == 401
    assert len(client.get("/sandbox/faults").json()["faults"]) == 1
    client.session.delete(f"{client.sandbox.url}/sandbox/faults", timeout=5)
    assert client.get(PROPERTIES).status_code == 200


def test_a_fault_can_be_narrowed_to_a_path(client: Client) -> None:
    client.post("/sandbox/faults", {"kind": "status", "path": "/groups"})
    assert client.get(PROPERTIES).status_code == 200
    assert client.get(f"{PROPERTIES}/groups").status_code == 500


def test_a_status_can_carry_a_wait_or_a_policy(client: Client) -> None:
    client.post("/sandbox/faults", {"kind": "status", "status": 429, "retry_after": 3})
    assert client.get(PROPERTIES).headers["Retry-After"] == "3"
    client.post("/sandbox/faults", {"kind": "status", "policy": "DAILY"})
    assert client.get(PROPERTIES).json()["policyName"] == "DAILY"


@pytest.mark.parametrize(
    "fault",
    [{}, {"kind": "unheard_of"}, {"kind": "row_error"}, {"kind": "slow", "times": 0}, {"kid": 1}],
)
def test_a_fault_that_makes_no_sense_is_refused(client: Client, fault: object) -> None:
    assert client.post("/sandbox/faults", fault).status_code == 400


def test_a_row_fault_strikes_only_the_calls_that_hold_the_row(client: Client) -> None:
    client.post("/sandbox/faults", {"kind": "row_error", "record_id": "102", "code": "NOT_TODAY"})
    assert client.write("update", row("101")).status_code == 200
    assert the_error(client.write("update", row("101"), row("102"))) == ("NOT_TODAY", "trace-102")
    assert client.write("update", row("102")).status_code == 200


def test_an_omitted_row_is_written_all_the_same(client: Client) -> None:
    client.post("/sandbox/faults", {"kind": "omit_row", "record_id": "101"})
    body = client.write("update", row("101"), row("102")).json()
    assert [result["id"] for result in body["results"]] == ["102"]
    assert client.properties("101", "decile_score") == {"decile_score": "5"}


def test_empty_results_writes_nothing_and_says_200(client: Client) -> None:
    client.post("/sandbox/faults", {"kind": "empty_results"})
    answer = client.write("update", row())
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert answer.json()["errors"]
    assert client.properties("101", "decile_score") == {"decile_score": None}


@pytest.mark.parametrize("kind", ["applied_then_502", "not_json", "cut"])
def test_what_is_lost_on_the_way_back_was_written(client: Client, kind: str) -> None:
    client.post("/sandbox/faults", {"kind": kind})
    try:
        answer = client.write("update", row())
    except requests.exceptions.ChunkedEncodingError:
        assert kind == "cut"
    else:
        assert answer.status_code == (502 if kind == "applied_then_502" else 200)
    assert client.properties("101", "decile_score") == {"decile_score": "5"}


def test_a_slow_answer_takes_the_time_it_was_told(tmp_path: Path) -> None:
    naps: list[float] = []
    with running(tmp_path, sleep=naps.append) as client:
        client.post("/sandbox/faults", {"kind": "slow", "seconds": 90})
        assert client.get(PROPERTIES).status_code == 200
    assert naps == [90]


def test_the_end_does_not_wait_for_a_slow_answer(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        client.post("/sandbox/faults", {"kind": "slow", "seconds": 90})
        with pytest.raises(requests.exceptions.ReadTimeout):
            client.session.get(client.sandbox.url + PROPERTIES, timeout=0.1)
        started = time.monotonic()
    assert time.monotonic() - started < 10


# Looking at it.


def test_calls_are_counted_without_what_they_said(client: Client) -> None:
    client.write("update", row("101"), row("999"))
    last = client.get("/sandbox/calls").json()["calls"][-1]
    assert last.keys() == {"at", "method", "path", "rows", "status"}
    assert (last["method"], last["rows"], last["status"]) == ("POST", 2, 207)


def test_state_counts_what_was_written_and_created(client: Client) -> None:
    client.write("update", row("101"))
    client.write("upsert", keyed("a"))
    state = client.get("/sandbox/state").json()
    assert (state["contacts"], state["written"], state["created"]) == (3, 2, 1)


def test_the_page_shows_what_was_written_escaped(client: Client) -> None:
    assert "Nothing was written yet" in client.get("/").text
    client.write("update", row("101", firstname="<script>", decile_score="87"))
    page = client.get("/")
    assert "Content-Security-Policy" in page.headers
    assert "<td>87</td>" in page.text
    assert '<a href="#hubspot-contacts">hubspot: contacts (1)</a>' in page.text
    assert '<h2 id="hubspot-contacts">' in page.text
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert "bob@example.org" not in page.text


# The server.


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::"])  # noqa: S104
def test_it_listens_on_this_machine_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError):
        Sandbox(state=tmp_path / "state.sqlite", host=host)


def test_a_name_that_points_here_from_elsewhere_is_refused(client: Client) -> None:
    answer = requests.get(
        f"{client.sandbox.url}/sandbox/state", headers={"Host": "evil.example"}, timeout=5
    )
    assert answer.status_code == 403


def test_a_form_of_another_site_cannot_ask_for_a_fault(client: Client) -> None:
    answer = requests.post(
        f"{client.sandbox.url}/sandbox/faults", data='{"kind": "expire_token"}', timeout=5
    )
    assert answer.status_code == 415


def test_a_port_that_is_taken_says_so(tmp_path: Path, client: Client) -> None:
    port = int(client.sandbox.url.rsplit(":", 1)[1])
    with pytest.raises(ConfigError, match=f"Port {port}"):
        Sandbox(state=tmp_path / "other.sqlite", port=port)


@pytest.mark.parametrize(
    "content", ["email\nada@example.com", "id\nabc", "id,property_email\n\x00"]
)
def test_records_that_cannot_be_read_say_what_is_wanted(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match="raw_hubspot__contact"):
        Sandbox(state=tmp_path / "state.sqlite", records=path)


def test_it_can_be_used_by_two_at_once_on_one_state(tmp_path: Path) -> None:
    with running(tmp_path) as first, running(tmp_path) as second:
        first.write("update", row("101", firstname="Augusta"))
        assert second.properties("101", "firstname") == {"firstname": "Augusta"}


def test_many_clients_at_once_lose_nothing(client: Client) -> None:
    def create(number: int) -> None:
        own = Client(client.sandbox)
        with own.session:
            own.write("upsert", keyed(f"k{number}")).raise_for_status()

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.get("/sandbox/state").json()["created"] == 8


def test_a_large_account_is_there_at_once(tmp_path: Path) -> None:
    rows = [f"{n},person{n}@example.com,Name,,2025-01-01 00:00:00,," for n in range(1300)]
    records = records_in(tmp_path, *rows)
    started = time.perf_counter()
    with Sandbox(state=tmp_path / "state.sqlite", records=records):
        elapsed = time.perf_counter() - started
    assert elapsed < 2  # 0.05 s on two idle cores; here only to catch what is far off


def test_serve_runs_until_it_is_interrupted(tmp_path: Path) -> None:
    seen: list[int] = []

    def interrupt(sandbox: Sandbox) -> None:
        seen.append(requests.get(f"{sandbox.url}/sandbox/state", timeout=5).status_code)
        raise KeyboardInterrupt

    serve(port=0, state=tmp_path / "state.sqlite", announce=interrupt)
    assert seen == [200]


def test_the_file_holds_no_body_of_a_call(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        client.write("update", row("999", firstname="Never Stored"))
    with sqlite3.connect(tmp_path / "state.sqlite") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert "Never Stored" not in dump
