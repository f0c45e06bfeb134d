"""A run that is killed at any step, and one after it, do what one run would have done."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import requests
from killed_sync import ROWS_A_CALL, STEPS_FILE, sync_until
from small_project import DATABASE, person, write_people, write_project
from test_cli import hubspot_records

from sync.errors import BuildError
from sync.sandbox import DEFAULT_TOKEN, Sandbox

PEOPLE = 5
BATCHES = -(-PEOPLE // ROWS_A_CALL)

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["killed_sync"])


@dataclass
class Scene:
    """A project as it is before its first sync, copied for each that is killed."""

    folder: Path
    template: Path
    records: Path

    def killed_at(self, step: int | None) -> tuple[int | None, list[int]]:
        """Run until a step, then run in peace. Gives how it ended, and the rows of each call."""
        project = self.folder / f"step {step}"
        shutil.copytree(self.template, project)
        with Sandbox(state=project / "sandbox.sqlite", records=self.records) as sandbox:
            make_properties(sandbox)
            ended = self.sync(project, sandbox, step)
            if step:
                done = is_done(project / DATABASE)
                # What was finished is not done again before the next build.
                assert self.sync(project, sandbox, None) == (BuildError.exit_code if done else 0)
            check_contacts(sandbox)
            check_ledger(project / DATABASE)
            calls = requests.get(f"{sandbox.url}/sandbox/calls", timeout=5).json()["calls"]
        return ended, [call["rows"] for call in calls if "batch/update" in call["path"]]

    def sync(self, project: Path, sandbox: Sandbox, step: int | None) -> int | None:
        settings = {"HUBSPOT_TOKEN": DEFAULT_TOKEN, "HUBSPOT_BASE_URL": sandbox.url}
        process = processes.Process(target=sync_until, args=(project, step, settings))
        process.start()
        process.join(120)
        return process.exitcode

    def steps(self) -> int:
        ended, rows = self.killed_at(None)
        assert (ended, len(rows)) == (0, BATCHES)
        return int((self.folder / "step None" / STEPS_FILE).read_text())


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    # The server of forks finds by it what it imports once.
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    template = tmp_path / "template"
    template.mkdir()
    write_people(write_project(template), *(person(str(n), str(n)) for n in range(1, PEOPLE + 1)))
    return Scene(tmp_path, template, hubspot_records(tmp_path))


@pytest.mark.long
def test_a_run_killed_at_any_step_loses_nothing(scene: Scene) -> None:
    steps = scene.steps()
    assert steps > 20
    for step in range(1, steps + 1):
        ended, rows = scene.killed_at(step)
        assert ended == -signal.SIGKILL, f"step {step} of {steps} was never taken"
        assert len(rows) <= BATCHES + 1, f"killed at step {step}, more than one batch was repeated"


def is_done(database: Path) -> bool:
    with duckdb.connect(database) as connection:
        schemas = connection.execute(
            "select 1 from information_schema.tables where table_name = 'sync_runs'"
        ).fetchall()
        found = (
            schemas
            and connection.execute(
                "select 1 from small_ledger.sync_runs where status = 'succeeded'"
            ).fetchall()
        )
    return bool(found)


def make_properties(sandbox: Sandbox) -> None:
    for name in ("decile_contact_id", "decile_lead_score", "decile_band"):
        made = requests.post(
            f"{sandbox.url}/crm/properties/2026-09/contacts",
            json={
                "name": name,
                "label": name,
                "groupName": "contactinformation",
                "type": "string",
                "fieldType": "text",
                "hasUniqueValue": name == "decile_contact_id",
            },
            headers={"Authorization": f"Bearer {sandbox.token}"},
            timeout=5,
        )
        made.raise_for_status()


def check_contacts(sandbox: Sandbox) -> None:
    for number in range(1, PEOPLE + 1):
        found = requests.get(
            f"{sandbox.url}/crm/objects/2026-09/contacts/{number}",
            params={"properties": "decile_band,decile_contact_id,decile_lead_score"},
            headers={"Authorization": f"Bearer {sandbox.token}"},
            timeout=5,
        ).json()["properties"]
        assert found["decile_contact_id"] == str(number)
        assert (found["decile_band"], found["decile_lead_score"]) == ("warm", "50")


def check_ledger(database: Path) -> None:
    with duckdb.connect(database) as connection:
        states = connection.execute(
            "select status, count(*) from small_ledger.sync_state_current group by status"
        ).fetchall()
    assert states == [("accepted", PEOPLE)]
