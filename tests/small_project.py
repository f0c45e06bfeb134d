"""A dbt project of one sync, small enough to parse in a second, with the ledger's own macros.

Its tables are written by the tests themselves: what is tested is the sync, not dbt.
"""

from __future__ import annotations

import json
import shutil
from contextlib import chdir
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import yaml
from dbt.cli.main import dbtRunner
from dbt.plugins.manager import PluginManager
from kept import kept
from typer import testing

from sync.warehouse import quiet_dbt

DATABASE = "people.duckdb"
IN_MEMORY = ":memory:"
PROJECT: dict[str, object] = {
    "name": "decile",
    "profile": "small",
    "version": "1.0.0",
    "flags": {"send_anonymous_usage_stats": False},
}
PARSED = "partial_parse.msgpack"
MODEL = "model.decile.sync_crm__people"
ROOT = Path(__file__).parents[1]
SYNC = {
    "destination": "hubspot",
    "object": "contacts",
    "mode": "update",
    "key": "sync_key",
    "record_id": "record_id",
    "unique_key": "contact_key",
    "fields": {
        "contact_key": "decile_contact_id",
        "lead_score": "decile_lead_score",
        "band": "decile_band",
    },
    "create_fields": {"email": "email"},
}
COLUMNS = {
    "sync_key": "string",
    "record_id": "string",
    "contact_key": "string",
    "email": "string",
    "lead_score": "integer",
    "band": "string",
}
PEOPLE_COLUMNS = (
    "sync_key text, record_id text, contact_key text, email text, lead_score integer, band text"
)
# Each command that a test types would look through all packages, and build the same parser anew.
PluginManager.get_prefixed_modules = cache(PluginManager.get_prefixed_modules)
testing._get_command = cache(testing._get_command)
Person = tuple[str | None, str | None, str | None, str | None, int | None, str | None]


def person(
    key: str | None, record_id: str | None = None, score: int | None = 50, band: str | None = "warm"
) -> Person:
    """Give a row of the sync model."""
    email = None if record_id else f"{key}@example.com"
    return (key, record_id, key, email, score, band)


def write_project(
    folder: Path, sync: dict[str, object] | None = None, *, path: str = DATABASE
) -> Path:
    """Write the project, with what dbt knows of it already; give the path of its DuckDB file.

    `path` may be IN_MEMORY. For another path or target than it read before dbt reads all again.
    """
    _write_files(folder, SYNC if sync is None else sync, path)
    (folder / "target").mkdir()
    (folder / "target" / PARSED).write_bytes(_parsed(path))
    return folder / DATABASE


@cache
def _parsed(path: str) -> bytes:
    """Parse the project once: dbt reads a thousand macros of its own, which takes seconds."""
    macros = (ROOT / "macros").rglob("*.sql")
    return kept(f"small-{path.strip(':')}", lambda: _parse(path), files=[Path(__file__), *macros])


def _parse(path: str) -> bytes:
    with TemporaryDirectory() as folder, chdir(folder):
        _write_files(Path(folder), SYNC, path)
        assert dbtRunner().invoke(["parse", *quiet_dbt(None)]).success
        return Path("target", PARSED).read_bytes()


def _write_files(folder: Path, sync: dict[str, object], path: str) -> None:
    shutil.copytree(ROOT / "macros", folder / "macros", ignore=_all_but_the_ledger)
    (folder / "models").mkdir()
    (folder / "seeds").mkdir()
    (folder / "seeds" / "sync_targets.csv").write_text("target,account,reason\n")
    (folder / "models" / "sync_crm__people.sql").write_text("select 1 as sync_key")
    _write(folder / "dbt_project.yml", PROJECT)
    _write(folder / "profiles.yml", _profiles(path))
    _write(folder / "models" / "people.yml", _people(sync))


def write_people(database: Path, *people: Person) -> None:
    """Write the sync model's table and what came of the build, as a build would."""
    with duckdb.connect(database) as connection:
        connection.execute("create schema if not exists small")
        put_people(connection, *people)
    write_build(database.parent)


def write_build(
    folder: Path,
    *,
    command: str = "build",
    ended_at: datetime | None = None,
    relation: str = f'"{Path(DATABASE).stem}"."small"."sync_crm__people"',
    arguments: dict[str, object] | None = None,
    statuses: dict[str, str] | None = None,
) -> Path:
    """Write what dbt says of its last command: the model was built, and `statuses` by id."""
    built = {} if command == "test" else {MODEL: "success"}
    results = [
        {
            "unique_id": name,
            "status": status,
            "relation_name": relation if name.startswith("model") else None,
        }
        for name, status in (built | (statuses or {})).items()
    ]
    path = folder / "target" / "run_results.json"
    path.write_text(
        json.dumps(
            {
                "metadata": {"generated_at": (ended_at or datetime.now(UTC)).isoformat()},
                "args": {"which": command, **(arguments or {})},
                "results": results,
            }
        )
    )
    return path


def put_people(connection: duckdb.DuckDBPyConnection, *people: Person) -> None:
    """Write the sync model's table through an open connection."""
    connection.execute(f"create or replace table small.sync_crm__people ({PEOPLE_COLUMNS})")
    if people:
        marks = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(people))
        values = [value for row in people for value in row]
        connection.execute(f"insert into small.sync_crm__people values {marks}", values)


def write_target(
    database: Path, target: str, account: str, *, destinations: tuple[str | None, ...] = ()
) -> None:
    """Write the seed's table with one target that may send; as it was before by default.

    `destinations`: that it may send to, a row each.
    """
    more = "destination text," if destinations else ""
    rows = [[target, account, *([one] if destinations else [])] for one in destinations or ("",)]
    marks = ", ".join(["?"] * len(rows[0]))
    with duckdb.connect(database) as connection:
        connection.execute("create schema if not exists small")
        connection.execute(
            "create or replace table small.sync_targets "
            f"(target text, account text, {more} reason text)"
        )
        connection.executemany(f"insert into small.sync_targets values ({marks}, 'a test')", rows)


def _all_but_the_ledger(folder: str, names: list[str]) -> list[str]:
    kept = ("ledger_", "dispatch", "sha256", "json_text", "json_path", "iso_timestamp")
    return [name for name in names if not name.startswith(kept)]


def _profiles(path: str) -> dict[str, object]:
    output: dict[str, object] = {"type": "duckdb", "path": path, "schema": "small", "threads": 1}
    # A few rows: threads of the engine's own cost more than they share.
    output["settings"] = {"threads": 1}
    outputs = {"dev": output, "shared": output}
    return {"small": {"target": "dev", "outputs": outputs}}


def _people(sync: dict[str, object]) -> dict[str, object]:
    model = {
        "name": "sync_crm__people",
        "config": {"contract": {"enforced": True}},
        "columns": [{"name": name, "data_type": kind} for name, kind in COLUMNS.items()],
    }
    exposure = {
        "name": "crm_people",
        "type": "application",
        "owner": {"name": "Somebody", "email": "somebody@example.com"},
        "depends_on": ["ref('sync_crm__people')"],
        "config": {"meta": {"sync": sync}},
    }
    return {"models": [model], "exposures": [exposure]}


def _write(path: Path, content: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(content))
