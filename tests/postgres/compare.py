"""Build the project on PostgreSQL and on DuckDB: every public table must be the same.

Rows are compared as sets with counts, whatever their order; 2 equals 2.00, and nothing
else is forgiven, but a column that says itself that each engine has its own. What differs
is shown by key and column, never with a text value. Then somebody is forgotten and a source
switched off on both, and what is linked anew must be the same again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import duckdb
import psycopg2

from sync.hashing import ad_hash
from tests.ad_hashes import KINDS as AD_KINDS
from tests.ad_hashes import generated
from tests.ad_hashes import query as query_hashes
from tests.normalisation import KINDS, country_names, failures, query, vectors
from tests.postgres.server import postgres

ROOT = Path(__file__).parents[2]
DBT = Path(sys.executable).with_name("dbt")
SCRATCH = ROOT / "target" / "test-postgres"
SHOWN = 5
EXAMPLE = "docs/examples/pricing_counts_more"
REMAINING = ["hubspot", "web", "people_list"]
FORGOTTEN = "hubspot:2204"
RELINKED = frozenset({"identity_components", "identity_contacts", "cut_links", "contact_merges"})
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A model's rows on one engine."""

    columns: tuple[str, ...]
    rows: Counter[Row]


def settings_for(engine: str) -> dict[str, str]:
    folder = SCRATCH / engine
    return {
        "DECILE_TARGET": engine,
        "DECILE_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder),
        "DBT_LOG_PATH": str(folder / "logs"),
    }


def run(*command: str, settings: dict[str, str]) -> None:
    result = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=False)
    if result.returncode != 0:
        raise SystemExit(f"failed on {settings['DECILE_TARGET']}: {' '.join(command[1:])}")


def dbt(*arguments: str, settings: dict[str, str]) -> None:
    run(str(DBT), "--quiet", *arguments, settings=settings)


def public_models(engine: str) -> dict[str, dict[str, Any]]:
    """Every model that is a table or view outside of staging, by name."""
    manifest = json.loads((SCRATCH / engine / "manifest.json").read_text())
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["materialized"] != "ephemeral"
        and Path(node["original_file_path"]).parts[1] != "staging"
    }


def keys_of_models(engine: str) -> dict[str, list[str]]:
    """The columns that the tests of uniqueness say are each model's key."""
    manifest = json.loads((SCRATCH / engine / "manifest.json").read_text())
    keys: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        test = node.get("test_metadata")
        # A switched-off source's tests may stand in the manifest without their model.
        switched_on = node.get("attached_node") in manifest["nodes"]
        if switched_on and test and "unique" in test["name"]:
            lists = [value for value in test["kwargs"].values() if isinstance(value, list)]
            columns = lists[0] if lists else [test["kwargs"].get("column_name")]
            keys.setdefault(manifest["nodes"][node["attached_node"]]["name"], columns)
    return keys


def fetch(cursor: Any, model: dict[str, Any]) -> Table:
    own = [
        name
        for name, column in model["columns"].items()
        if column["config"].get("meta", {}).get("each_engine_has_its_own")
    ]
    cursor.execute(f"select * from {model['relation_name']} limit 0")
    columns = tuple(column[0] for column in cursor.description if column[0] not in own)
    cursor.execute(f"select {', '.join(columns) or '1'} from {model['relation_name']}")
    return Table(columns=columns, rows=Counter(map(tuple, cursor.fetchall())))


def differences(ours: Table, theirs: Table, key: list[str]) -> Iterator[str]:
    """Describe the first rows that only one side has."""
    if ours.columns != theirs.columns:
        yield f"columns differ: {sorted(set(ours.columns) ^ set(theirs.columns))} or their order"
        return
    places = [ours.columns.index(column) for column in key]
    left = {tuple(row[place] for place in places): row for row in ours.rows - theirs.rows}
    right = {tuple(row[place] for place in places): row for row in theirs.rows - ours.rows}
    for found in sorted(left.keys() | right.keys(), key=str)[:SHOWN]:
        name = ", ".join(f"{column}={value}" for column, value in zip(key, found, strict=True))
        if found not in right:
            yield f"{name}: on DuckDB only"
        elif found not in left:
            yield f"{name}: on PostgreSQL only"
        else:
            yield f"{name}: {', '.join(unequal(ours.columns, left[found], right[found]))}"


def unequal(columns: tuple[str, ...], ours: Row, theirs: Row) -> Iterator[str]:
    for column, left, right in zip(columns, ours, theirs, strict=True):
        if left != right:
            # Text may be about a person: only its place is told.
            told = "text" if isinstance(left or right, str) else f"{left} and {right}"
            yield f"{column} ({told})"


def compare(duckdb_cursor: Any, postgres_cursor: Any, *, only: frozenset[str] = frozenset()) -> int:
    """Print one line for each table; return how many differ."""
    ours, theirs, keys = (
        public_models("duckdb"),
        public_models("postgres"),
        keys_of_models("duckdb"),
    )
    assert ours.keys() == theirs.keys()
    width = max(map(len, ours))
    different = 0
    for name in sorted(only or ours):
        left = fetch(duckdb_cursor, ours[name])
        right = fetch(postgres_cursor, theirs[name])
        if left == right:
            print(f"{name:<{width}}  {left.rows.total():>9,} rows  equal")
            continue
        different += 1
        print(
            f"{name:<{width}}  {left.rows.total():>9,} rows on DuckDB, "
            f"{right.rows.total():,} on PostgreSQL, "
            f"{(left.rows - right.rows).total():,} without an equal"
        )
        for line in differences(left, right, keys.get(name, [])):
            print(f"    {line}")
    return different


def relink(settings: dict[str, str]) -> None:
    """Switch a source off, which links its people anew and nobody else."""
    select = ["--select", *(f"+{name}" for name in RELINKED), "--resource-type", "model"]
    dbt("build", *select, "--vars", json.dumps({"sources": REMAINING}), settings=settings)


def normalise(cursor: Any) -> None:
    """Run the macros over the values whose results are listed."""
    cursor.execute(country_names("postgres"))
    wrong = []
    for kind in KINDS:
        listed = [(text, country) for text, country, _ in vectors(kind)]
        cursor.execute(query(kind, listed, "postgres"))
        wrong += failures(kind, cursor.fetchall())
    for platform, kind in AD_KINDS:
        texts = generated(2_000)
        cursor.execute(query_hashes(texts, platform, kind, "postgres"))
        found = [row[0] for row in cursor.fetchall()]
        if found != [ad_hash(platform, kind, text) for text in texts]:
            wrong.append(f"hashes of {kind} for {platform}")
    if wrong:
        raise SystemExit("\n".join(["normalised otherwise than listed:", *wrong]))


def decile(*arguments: str, settings: dict[str, str]) -> str:
    command = [sys.executable, "-c", "from sync.cli import app; app()", *arguments]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("HUBSPOT_")}
    environment = outside | settings | {"DECILE_SANDBOX_STATE": str(SCRATCH / "sandbox.sqlite")}
    result = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if result.returncode != 0:
        engine = settings["DECILE_TARGET"]
        raise SystemExit(f"failed on {engine}: decile {' '.join(arguments)}")
    return result.stdout


def sync_twice(settings: dict[str, str]) -> None:
    """Send from PostgreSQL to a sandbox; a second plan must have nothing to do."""
    (SCRATCH / "sandbox.sqlite").unlink(missing_ok=True)
    decile("setup", settings=settings)
    for result in json.loads(decile("sync", "--json", settings=settings)):
        print(f"{result['sync']}: {result['accepted']:,} of {result['planned']:,} rows accepted")
    for plan in json.loads(decile("plan", "--json", settings=settings)):
        left = plan["create"] + plan["update"]
        print(f"{plan['sync']}: {left:,} rows to send in a second run")
        if left:
            raise SystemExit(f"{plan['sync']} would send rows again that were accepted")


def foretell(*engines: dict[str, str]) -> None:
    """Simulate other rules on each engine: they must foretell the same, and leave nothing."""
    told = [
        json.loads(decile("simulate", "--rules", EXAMPLE, "--json", settings=settings))
        for settings in engines
    ]
    for found in told:
        del found["syncs"]  # what was sent is not the same on both
    print(f"simulated on both: {sum(row['moved'] for row in told[0]['dates']):,} scores move")
    if any(found != told[0] for found in told):
        raise SystemExit("a simulation foretells something else on PostgreSQL")


def forget(*engines: dict[str, str]) -> None:
    """Forget somebody: PostgreSQL, which sent them, must have nothing left of them either."""
    for settings in engines:
        proof = json.loads(decile("forget", FORGOTTEN, "--yes", "--json", settings=settings))
        deleted = sum(rows["deleted"] for rows in proof["tables"].values())
        print(f"forgotten on {settings['DECILE_TARGET']}: {deleted:,} rows deleted")
        again = json.loads(decile("forget", FORGOTTEN, "--json", settings=settings))
        if not proof["complete"] or not again["nothing_left"]:
            raise SystemExit("something is left of somebody who was forgotten")


def stop_cleanly(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


def main() -> None:
    signal.signal(signal.SIGTERM, stop_cleanly)
    SCRATCH.mkdir(parents=True, exist_ok=True)
    on_duckdb = settings_for("duckdb")
    Path(on_duckdb["DECILE_DUCKDB_PATH"]).unlink(missing_ok=True)
    with postgres() as (dsn, connection):
        on_postgres = settings_for("postgres") | connection
        dbt("build", settings=on_postgres)
        dbt("build", "--resource-type", "seed", "--resource-type", "model", settings=on_duckdb)
        server = psycopg2.connect(dsn)
        with duckdb.connect(on_duckdb["DECILE_DUCKDB_PATH"], read_only=True) as database:
            different = compare(database.cursor(), server.cursor())
        normalise(server.cursor())
        server.rollback()
        equal = len(public_models("duckdb")) - different
        sync_twice(on_postgres)
        foretell(on_duckdb, on_postgres)
        forget(on_postgres, on_duckdb)
        for settings in (on_postgres, on_duckdb):
            relink(settings)
        with duckdb.connect(on_duckdb["DECILE_DUCKDB_PATH"], read_only=True) as database:
            different += compare(database.cursor(), server.cursor(), only=RELINKED)
        server.close()
    print(f"tables: {equal} passed, {different} failed")
    if different:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
