"""Nothing that a run writes holds a person or a secret: planted values are looked for in all of it.

Two places may hold them: the warehouse, whose ledger keeps what was sent, and the sandbox.
"""

from __future__ import annotations

import csv
import io
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from small_project import SYNC, write_people, write_project
from stand_ins import CASES, change, repeat_once, standing_in
from typer.testing import CliRunner

from sync import session
from sync.cli import app
from sync.errors import DecileError
from sync.http import HttpClient
from sync.sandbox import Sandbox

TOKEN = "pat-eu1-planted-0f9e8d7c"
SLACK = "T0PLANTED/B0PLANTED/xyzzy"
NAMES = ["Adalberta Quist", "Bérénice O'Plantéd", 'Cy "Quoted" Planted']
EMAILS = ["adalberta.quist@planted.example", "b%planted@planted.example", "cy@planted.example"]
PHONES = ["+44 20 7946 0958", "+442079460959", "020 7946 0960"]
PEOPLE = list(zip(PHONES, NAMES, EMAILS, strict=True))
PERSONAL = SYNC | {
    "mode": "upsert",
    "fields": {
        "contact_key": "decile_contact_id",
        "lead_score": "decile_lead_score",
        "band": "firstname",
        "email": "email",
    },
    "create_fields": {"sync_key": "phone"},
    "alerts": {"max_failed_share": 0.01, "to": ["slack"]},
}
# Each run starts with one of these; the last of them stays.
FAULTS: list[dict[str, object]] = [
    {"kind": "row_error", "record_id": "1"},
    {"kind": "batch_400", "path": "/batch/"},
    {"kind": "cut", "path": "/batch/"},
    {"kind": "applied_then_502", "path": "/batch/"},
    {"kind": "not_json", "path": "/batch/"},
    {"kind": "empty_results", "path": "/batch/"},
    {"kind": "status", "status": 403, "path": "/batch/"},
    {"kind": "expire_token"},
]


def planted() -> list[str]:
    """Every spelling in which a value may be written."""
    whole = [TOKEN, SLACK, "PLANTED", *NAMES, *EMAILS, *PHONES, "planted.example"]
    parts = ["Quist", "Bérénice", "adalberta", "7946"]
    spelled = [quote(value) for value in whole] + [ascii(value)[1:-1] for value in whole]
    return [*whole, *parts, *spelled]


def found_in(text: str) -> list[str]:
    return [value for value in planted() if value.lower() in text.lower()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    records = tmp_path / "records.csv"
    with records.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "property_email"])
        writer.writerows((n, email) for n, email in enumerate(EMAILS[:2], start=1))
    database = write_project(tmp_path, PERSONAL)
    write_people(
        database,
        *((key, str(n) if n < 3 else None, f"c{n}", mail, 50 + n, name)
          for n, (key, name, mail) in enumerate(PEOPLE, start=1)),
    )  # fmt: skip
    monkeypatch.setattr(session, "DEFAULT_PORT", 9)
    monkeypatch.setitem(HttpClient.__init__.__kwdefaults__, "sleep", lambda _seconds: None)
    return tmp_path


@pytest.fixture
def sandbox(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    state, records = folder / "state.sqlite", folder / "records.csv"
    with Sandbox(state=state, records=records, token=TOKEN) as running:
        monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
        monkeypatch.setenv("HUBSPOT_BASE_URL", running.url)
        monkeypatch.setenv("HUBSPOT_ACCOUNT", "sandbox")
        # Nobody listens there: the alert cannot be sent, and says so.
        monkeypatch.setenv("DECILE_ALERT_SLACK_URL", f"http://127.0.0.1:9/services/{SLACK}")
        monkeypatch.setenv("DECILE_LOG", "stderr")
        yield running


def decile(folder: Path, *arguments: str) -> str:
    """Run a command and give all it says, with the traceback of what it did not expect."""
    result = CliRunner().invoke(app, [*arguments, "--project-dir", str(folder)])
    trace = io.StringIO()
    if result.exc_info:
        traceback.print_exception(*result.exc_info, file=trace)
    return result.output + trace.getvalue()


def written(folder: Path) -> dict[str, str]:
    """Give the text of every file but the warehouse, the sandbox's own and the test's input."""
    own = {"state.sqlite", "sandbox.sqlite", "records.csv", "people.duckdb"}
    return {
        str(path.relative_to(folder)): path.read_bytes().decode(errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and path.name.removesuffix("-wal").removesuffix("-shm") not in own
    }


@pytest.mark.long
def test_a_run_with_faults_writes_no_person_and_no_secret(folder: Path, sandbox: Sandbox) -> None:
    said = decile(folder, "setup", "hubspot")
    for fault in FAULTS:
        answer = requests.post(f"{sandbox.url}/sandbox/faults", json=fault, timeout=5)
        assert answer.ok, answer.text
        for command in (
            "plan",
            "plan --json",
            "sync --full --force",
            "rejections",
            "status --check",
        ):
            said += decile(folder, *command.split())
    assert found_in(said) == []
    files = written(folder)
    assert ".decile/logs/decile.jsonl" in files
    assert {name: found_in(text) for name, text in files.items() if found_in(text)} == {}
    # It did run into all of it.
    for words in ("rejected", "pending", "stopped", "[…]", '"event": "retry"', "Alert:", "401"):
        assert words in said, said[-9000:]


def test_a_plan_shows_personal_values_to_who_asks(folder: Path, sandbox: Sandbox) -> None:
    said = decile(folder, "plan", "--show-personal", "--json")
    for value in (EMAILS[0], NAMES[0], PHONES[0]):
        assert value in said
    hidden = decile(folder, "plan")
    assert found_in(hidden) == []
    assert "51" in hidden


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_traceback_of_a_destinations_error_names_nobody(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeat_once(monkeypatch)
    fields = {CASES[name].text_field: f"{NAMES[0]} {EMAILS[0]} {PHONES[0]}"}
    one = change(name, 1, fields=CASES[name].row(1) | fields)
    with standing_in(name, tmp_path, monkeypatch) as there:
        for kind in ("cut", "status", "not_json", "expire_token"):
            there.no_faults()
            there.fault(kind, times=None)
            try:
                said = repr(there.destination.push([replace(one, token=kind)]))
            except DecileError as error:
                said = "".join(traceback.format_exception(error))
                assert there.sandbox.token not in said
            assert found_in(said) == [], kind
