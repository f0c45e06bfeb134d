"""A company of a few people: their raw events, the whole project over them, and the sandbox.

The project is copied, with CSVs that a test writes in place of the sample; it is built, and what
it sends is read from the sandbox's own file.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from typer.testing import CliRunner

from sync.cli import app
from sync.warehouse import parse_project

ROOT = Path(__file__).parents[1]
DEMO = Path("seeds/demo")
SOURCES = ("hubspot", "web", "people_list")
NOW = datetime(2026, 7, 1)  # noqa: DTZ001  (timestamps are UTC)
COMPANY = "acme.example"
VIEW = "page_viewed"
# What is sent, what it rests on, and what guards it.
SENT = ("--select", "+path:models/activation", "+path:models/guards", "path:seeds/policy")
WITHOUT_TESTS = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
Event = Mapping[str, str]


def did(person: str, event: str, days_ago: float = 0.5, **columns: str) -> dict[str, str]:
    """Give what somebody did; a page view where it says nothing else."""
    moment = (NOW - timedelta(days=days_ago)).isoformat(sep=" ", timespec="seconds")
    return {"anonymous_id": person, "event": event, "occurred_at": moment,
            "received_at": moment, "user_agent": "Firefox/140.0", **columns}  # fmt: skip


def agrees(person: str, purpose: str) -> dict[str, str]:
    """Give the answer of somebody who agrees, long ago."""
    return did(person, "consent_granted", 200, content_name=purpose)


class Company:
    """A copy of the project in a folder, its warehouse, and the sandbox beside it."""

    def __init__(self, folder: Path, recipe: str, syncs: Sequence[str]) -> None:
        self.folder = folder
        self.syncs = tuple(syncs)
        for name in ("models", "macros", "tests", "profiles.yml"):
            (folder / name).symlink_to(ROOT / name)
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        for path in (folder / DEMO).rglob("*.csv"):
            if path.stem.split("__")[0] in {f"raw_{source}" for source in SOURCES}:
                self._write(path, [])
            else:
                path.unlink()
        self.recipe = recipe

    def people(self, *names: str, newcomer: str = "", **addresses: str) -> None:
        """Have HubSpot and the website know people, some by another address than the company's."""
        days = {name: 20 if name == newcomer else 300 for name in (*names, *addresses)}
        known = {name: (NOW - timedelta(days=days[name])).isoformat(sep=" ") for name in days}
        emails = {name: f"{name}@{COMPANY}" for name in names} | addresses
        self.ids = {name: str(number) for number, name in enumerate(emails, start=1)}
        self._write(self.folder / DEMO / "raw_hubspot__contact.csv", [
            {"id": self.ids[name], "property_email": email, "property_firstname": name.title(),
             "property_createdate": known[name], "property_lastmodifieddate": known[name],
             "_fivetran_deleted": "false", "_fivetran_synced": known[name]}
            for name, email in emails.items()
        ])  # fmt: skip
        self._write(self.folder / DEMO / "raw_web__identifies.csv", [
            {"id": f"i{name}", "anonymous_id": name, "email": email, "identified_at": known[name],
             "received_at": known[name]}
            for name, email in emails.items()
        ])  # fmt: skip

    def met(self, *rows: Mapping[str, str]) -> None:
        """Have people be met at a trade show."""
        self._write(self.folder / DEMO / "raw_people_list__people.csv", rows)

    def events(self, *events: Event) -> None:
        """Have the website tell of events, in place of those of before."""
        views = [{"viewed_at": one["occurred_at"], **one} for one in events if one["event"] == VIEW]
        tracks = [one for one in events if one["event"] != VIEW]
        for name, rows in (("page_views", views), ("tracks", tracks)):
            numbered = [{"id": f"{n}", **row} for n, row in enumerate(rows)]
            self._write(self.folder / DEMO / f"raw_web__{name}.csv", numbered)

    def night(self, days: int = 0) -> None:
        """Build as of some days later, and send."""
        with self._inside():
            if not days:
                self._settle()
            self._build(NOW + timedelta(days=days))
            if not days:
                decile("setup")
            decile("sync")

    def _settle(self) -> None:
        """Write the project's settings, once: dbt reads it all again where they change."""
        project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
        project["vars"] |= {
            "recipe": self.recipe,
            "sources": list(SOURCES),
            "syncs": list(self.syncs),
        }
        text = yaml.safe_dump(project, sort_keys=False)
        # dbt shows the vars of this file to all but the file itself, where the default counts.
        text = text.replace("''general'')", f"''{self.recipe}'')")
        (self.folder / "dbt_project.yml").write_text(text)

    def _build(self, as_of: datetime) -> None:
        given = json.dumps({"demo_as_of": f"{as_of}", "backtest_cutoffs": 0})
        with warnings.catch_warnings(action="ignore"):
            done = dbtRunner(parse_project(None)).invoke(
                ["--quiet", "build", *SENT, *WITHOUT_TESTS, "--vars", given]
            )
        # dbt-duckdb keeps its file open, and locked.
        DuckDBConnectionManager.close_all_connections()
        assert done.success, done.exception or done.result

    @contextmanager
    def _inside(self) -> Iterator[None]:
        settings = {
            "DECILE_TARGET": "duckdb",
            "DECILE_DUCKDB_PATH": str(self.folder / "warehouse.duckdb"),
            "DECILE_SANDBOX_STATE": str(self.folder / "sandbox.sqlite"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }
        with chdir(self.folder), patch.dict(os.environ, settings):
            yield

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the warehouse."""
        with duckdb.connect(str(self.folder / "warehouse.duckdb"), read_only=True) as connection:
            connection.execute("use decile")
            return sorted(connection.execute(sql).fetchall(), key=repr)

    def hubspot(self, name: str) -> dict[str, str]:
        """Give what HubSpot holds of somebody that is ours."""
        (row,) = self._sandbox("select properties from contacts where id = ?", self.ids[name])
        held: dict[str, str] = json.loads(row[0])
        return {
            key.removeprefix("decile_"): value for key, value in held.items() if "decile_" in key
        }

    def brevo(self, name: str) -> dict[str, Any]:
        """Give what Brevo holds of somebody: the attributes, and `listIds`."""
        found = [
            one for one in self.held("brevo", "contacts") if one["email"].startswith(f"{name}@")
        ]
        return found[0] if found else {}

    def held(self, service: str, kind: str) -> list[dict[str, Any]]:
        """Give what another service than HubSpot holds."""
        sql = "select body from held where service = ? and kind = ?"
        return [json.loads(body) for (body,) in self._sandbox(sql, service, kind)]

    def told(self) -> list[dict[str, Any]]:
        """Give the messages that reached the webhook."""
        found = self._sandbox("select message from hook_rows")
        return [json.loads(message) for (message,) in found]

    def _sandbox(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "sandbox.sqlite") as database:
            return database.execute(sql, values).fetchall()

    def _write(self, path: Path, rows: Sequence[Mapping[str, str]]) -> None:
        with (ROOT / path.relative_to(self.folder)).open(encoding="utf-8", newline="") as sample:
            names = next(csv.reader(sample))
        with path.open("w", encoding="utf-8", newline="") as file:
            written = csv.DictWriter(file, names, restval="", extrasaction="ignore")
            written.writeheader()
            written.writerows(rows)


def decile(*arguments: str) -> None:
    """Run a command of Decile in this process, which has imported dbt already."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, f"{arguments}: {done.output[-3000:]} {done.exception}"
