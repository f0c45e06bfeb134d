from __future__ import annotations

import copy
import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests
import yaml
from small_project import (
    SYNC,
    person,
    write_build,
    write_people,
    write_project,
    write_target,
)
from typer.testing import CliRunner, Result

from sync import session
from sync.cli import app
from sync.sandbox import DEFAULT_TOKEN, Sandbox

RECORDS = 6


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "BASE_URL", "ACCOUNT", "RATE_PER_10S", "API_VERSION", "UNIQUE_PROPERTY"):
        monkeypatch.delenv(f"HUBSPOT_{name}", raising=False)
    # Whatever listens on the default port of this machine is not ours.
    monkeypatch.setattr(session, "DEFAULT_PORT", 9)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DECILE_SANDBOX_RECORDS", str(hubspot_records(tmp_path)))
    return a_project(tmp_path, SYNC)


@pytest.fixture
def sandbox(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox that runs beside the commands, as `decile sandbox` does."""
    folder = database.parent
    with Sandbox(state=folder / "running.sqlite", records=folder / "records.csv") as running:
        monkeypatch.setattr(session, "DEFAULT_PORT", int(running.url.rsplit(":", 1)[1]))
        yield running


def a_project(folder: Path, sync: dict[str, Any]) -> Path:
    database = write_project(folder, sync)
    write_people(database, *(person(str(n), str(n)) for n in range(1, RECORDS + 1)), person("new"))
    return database


def hubspot_records(folder: Path) -> Path:
    path = folder / "records.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "property_email"])
        writer.writerows((n, f"person{n}@example.com") for n in range(1, RECORDS + 1))
    return path


def decile(database: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(app, [*arguments, "--project-dir", str(database.parent)])
    assert DEFAULT_TOKEN not in result.output
    assert "@example.com" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def in_json(database: Path, *arguments: str) -> Any:
    return json.loads(decile(database, *arguments, "--json").stdout)


def break_row(sandbox: Sandbox, **fault: object) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/faults", json=fault, timeout=5)
    assert answer.ok, answer.text


def test_the_command_starts_without_dbt() -> None:
    code = (
        "import sys, sync.cli; print([name for name in ('dbt', 'requests') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_help_lists_the_commands() -> None:
    printed = CliRunner().invoke(app, ["--help"]).output
    for name in ("plan", "sync", "status", "setup", "sandbox", "check", "report"):
        assert name in printed


def test_the_whole_way_and_nothing_to_do_the_second_time(database: Path) -> None:
    planned = decile(database, "plan")
    assert planned.exit_code == 0
    assert "crm_people" in planned.stdout
    assert "HUBSPOT_TOKEN is not set: using the sandbox kept in .decile" in planned.stderr

    assert decile(database, "setup", "hubspot").exit_code == 0
    sent = decile(database, "sync")
    assert (sent.exit_code, "6 accepted, 0 rejected, 0 pending" in sent.stdout) == (0, True)

    write_build(database.parent)
    again = decile(database, "sync")
    assert (again.exit_code, "Nothing to send" in again.stdout) == (0, True)
    (status,) = in_json(database, "status")
    assert (status["status"], status["rows"]) == ("succeeded", {"accepted": 6})


def test_a_plan_shows_old_and_new_and_what_it_takes(database: Path) -> None:
    decile(database, "setup", "hubspot")
    decile(database, "sync")
    write_people(database, person("1", "1", score=63), *people_from(2))
    (plan,) = in_json(database, "plan")
    assert plan["sample"] == [
        {
            "key": "1",
            "operation": "update",
            "reason": None,
            "record_id": "1",
            "fields": {"decile_lead_score": ["50", "63"]},
        }
    ]
    assert (plan["update"], plan["unchanged"], plan["calls"]) == (1, 5, 1)
    assert plan["skipped"] == {"unknown there, and the sync only updates": 1}
    assert in_json(database, "plan", "--sample", "0")[0]["sample"] == []


def test_a_row_that_failed_is_sent_alone_the_next_time(database: Path, sandbox: Sandbox) -> None:
    assert "running on" in decile(database, "setup", "hubspot").stderr
    break_row(sandbox, kind="row_error", record_id="3")
    sent = decile(database, "sync")
    assert (sent.exit_code, "5 accepted, 1 rejected" in sent.stdout) == (1, True)
    (status,) = in_json(database, "status")
    assert status["rows"] == {"accepted": 5, "rejected": 1}

    (plan,) = in_json(database, "plan")
    assert (plan["update"], plan["resent"], plan["sample"][0]["key"]) == (1, 1, "3")
    assert decile(database, "sync").exit_code == 0
    calls = requests.get(f"{sandbox.url}/sandbox/calls", timeout=5).json()["calls"]
    assert [call["rows"] for call in calls if "/batch/" in call["path"]] == [6, 1]


def test_missing_properties_stop_the_sync_and_leave_its_rows_pending(database: Path) -> None:
    sent = decile(database, "sync")
    assert (sent.exit_code, "decile setup hubspot" in sent.output) == (5, True)
    assert in_json(database, "status")[0]["rows"] == {"pending": 6}


def test_setup_can_only_look(database: Path) -> None:
    for _ in range(2):
        looked = decile(database, "setup", "hubspot", "--dry-run")
        assert (looked.exit_code, "create" in looked.stdout) == (0, True)
    decile(database, "setup", "hubspot")
    assert "create" not in decile(database, "setup", "hubspot", "--dry-run").stdout


def test_a_check_names_what_is_wrong_and_changes_nothing(database: Path) -> None:
    for _ in range(2):
        looked = decile(database, "check", "hubspot")
        assert (looked.exit_code, "create" in looked.stdout) == (0, True)
        assert "this creates: decile setup hubspot" in looked.stderr
    decile(database, "setup", "hubspot")
    looked = decile(database, "check", "hubspot")
    assert re.search(r"token +ok +accepted", looked.stdout)
    assert "create" not in looked.output
    assert decile(database, "check", "webhook").exit_code == 0
    wrong = decile(database, "check", "hubspotty")
    assert (wrong.exit_code, "known are: " in wrong.stderr) == (2, True)
    wrong = decile(database, "check", "hubspot", "--recipe", "b2b")
    assert (wrong.exit_code, "--recipe goes with rules" in wrong.stderr) == (2, True)


def test_a_target_that_is_not_listed_reaches_no_real_account(
    database: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_TOKEN", DEFAULT_TOKEN)
    monkeypatch.setenv("HUBSPOT_BASE_URL", sandbox.url)
    monkeypatch.setenv("HUBSPOT_ACCOUNT", "live")
    write_target(database, "shared", "live")
    for command in ("sync", "setup"):
        refused = decile(database, command, *(["hubspot"] if command == "setup" else []))
        assert refused.exit_code == 2
        assert "target 'dev' may not write to the account 'live' of hubspot" in refused.output
    assert requests.get(f"{sandbox.url}/sandbox/calls", timeout=5).json()["calls"] == []
    assert decile(database, "setup", "hubspot", "--target", "shared").exit_code == 0
    assert decile(database, "sync", "--target", "shared").exit_code == 0


@pytest.mark.parametrize(
    ("listed", "code"), [("hubspot", 0), ("*", 0), ("", 0), (None, 0), ("google_ads", 2)]
)
def test_a_target_may_be_listed_for_one_destination(
    database: Path,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    listed: str | None,
    code: int,
) -> None:
    for name, value in {"TOKEN": DEFAULT_TOKEN, "BASE_URL": sandbox.url, "ACCOUNT": "live"}.items():
        monkeypatch.setenv(f"HUBSPOT_{name}", value)
    write_target(database, "dev", "live", destinations=(listed,))
    told = decile(database, "setup", "hubspot")
    assert told.exit_code == code
    if code:
        assert "may not write to the account 'live' of hubspot" in told.output
        write_target(database, "dev", "live", destinations=(listed, "hubspot"))
        assert decile(database, "setup", "hubspot").exit_code == 0


@pytest.mark.long
def test_a_seed_of_before_is_built_and_so_is_one_with_a_column_more(tmp_path: Path) -> None:
    """The table is made anew, so that nobody has to ask dbt for a full refresh."""
    write_project(tmp_path)
    shutil.copy(Path(__file__).parents[1] / "seeds/policy/sync_targets.yml", tmp_path / "seeds")
    seed, dbt = tmp_path / "seeds/sync_targets.csv", Path(sys.executable).with_name("dbt")
    for columns, row in (("", ""), ("destination,", "hubspot,"), ("", "")):
        seed.write_text(f"target,account,{columns}reason\ndev,live,{row}a test\n")
        subprocess.run([dbt, "--quiet", "seed"], check=True, cwd=tmp_path)


def test_mistakes_in_an_exposure_end_with_2_and_are_all_named(tmp_path: Path) -> None:
    database = a_project(tmp_path, SYNC | {"mode": "append", "key": "id"})
    refused = decile(database, "plan")
    assert refused.exit_code == 2
    for words in ("models/people.yml", "crm_people", "cannot 'append'", "no column 'id'"):
        assert words in refused.output


def test_an_unknown_sync_ends_with_2(database: Path) -> None:
    refused = decile(database, "plan", "nothing")
    assert (refused.exit_code, "known are: crm_people" in refused.output) == (2, True)


def test_a_model_that_was_not_built_ends_with_2(tmp_path: Path) -> None:
    refused = decile(write_project(tmp_path), "plan")
    assert (refused.exit_code, "Build it with: dbt build" in refused.output) == (2, True)


def test_a_project_that_dbt_cannot_read_ends_with_2(tmp_path: Path) -> None:
    assert decile(tmp_path / "none.duckdb", "plan").exit_code == 2


def test_a_repeated_key_ends_with_3(database: Path) -> None:
    write_people(database, person("1", "1"), person("1", "2"))
    refused = decile(database, "sync")
    assert (refused.exit_code, "nothing was sent" in refused.output) == (3, True)


def test_a_failed_test_ends_with_3_unless_it_is_ignored_on_purpose(database: Path) -> None:
    decile(database, "setup", "hubspot")
    write_build(database.parent, statuses={"unit_test.decile.sync_crm__people.one": "fail"})
    assert "would refuse: unit test one: fail" in decile(database, "plan").stderr
    refused = decile(database, "sync")
    assert (refused.exit_code, "Run: dbt build --select +sync_crm__people" in refused.stderr) == (
        3,
        True,
    )
    assert in_json(database, "status") == []

    forced = decile(database, "sync", "--force")
    assert (forced.exit_code, "--force ignores that unit test one: fail." in forced.stderr) == (
        0,
        True,
    )


def test_what_refuses_one_sync_leaves_the_others_alone(database: Path) -> None:
    properties = database.parent / "models" / "people.yml"
    content = yaml.safe_load(properties.read_text())
    (second,) = copy.deepcopy(content["exposures"])
    second["name"] = "another"
    second["config"]["meta"]["sync"]["guards"] = {"min_rows": 1_000}
    content["exposures"].append(second)
    properties.write_text(yaml.safe_dump(content))
    decile(database, "setup", "hubspot")
    sent = decile(database, "sync", "--json")
    assert sent.exit_code == 3
    refused, well = json.loads(sent.stdout)
    assert (refused["sync"], refused["status"]) == ("another", "failed")
    assert refused["error"] in sent.stderr.replace("\n", " ")
    assert (well["sync"], well["status"], well["accepted"]) == ("crm_people", "succeeded", 6)


def test_only_a_run_that_did_not_succeed_may_be_repeated_without_a_build(
    database: Path, sandbox: Sandbox
) -> None:
    assert decile(database, "sync").exit_code == 5  # the properties are missing
    decile(database, "setup", "hubspot")
    break_row(sandbox, kind="row_error", record_id="3")
    assert [decile(database, "sync").exit_code for _ in range(2)] == [1, 0]
    refused = decile(database, "sync")
    assert (refused.exit_code, "there is nothing new" in refused.stderr) == (3, True)


@pytest.mark.long
def test_a_locked_warehouse_ends_with_4(database: Path) -> None:
    with duckdb.connect(database):
        code = "import sys; from sync.cli import app; app(sys.argv[1:])"
        run = subprocess.run(
            [sys.executable, "-c", code, "plan", "--project-dir", str(database.parent)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 4
    assert "people.duckdb is held by process" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_token_that_is_not_accepted_ends_with_5(
    database: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    decile(database, "setup", "hubspot")
    monkeypatch.setenv("HUBSPOT_TOKEN", "expired")
    monkeypatch.setenv("HUBSPOT_BASE_URL", sandbox.url)
    refused = decile(database, "sync")
    assert (refused.exit_code, "401" in refused.output) == (5, True)
    assert in_json(database, "status")[0]["status"] == "stopped"


def people_from(first: int) -> list[Any]:
    return [*(person(str(n), str(n)) for n in range(first, RECORDS + 1)), person("new")]
