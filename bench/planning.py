"""How long a plan of a million unchanged rows takes beside one bare join, and sending beside calls.

The bare join is one full outer join of the model with what was accepted, on the same
fingerprints, made of the same rendered fields: what any comparison has to do. The plan also looks
for broken keys, reads the present off an append-only log, weighs thresholds and counts. Sending
is ten thousand changed contacts to the sandbox, ledger and all, beside the calls alone.
Prints seconds, ratios, calls, and the peak of memory of the process that plans.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from sync.changes import Change, Destination, Outcome
from sync.config import Sync, parse_syncs
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.destinations.hubspot import capabilities
from sync.engine import plan_sync, run_sync
from sync.ledger import Ledger, open_ledger
from sync.plan_sql import aliases, fingerprint, rendered
from sync.planner import Plan, Scope, question_of
from sync.warehouse import Warehouse, open_warehouse

ROOT = Path(__file__).parents[1]
ROWS = 1_000_000
SENT = 10_000
ROUNDS = 5
MEMORY_LIMIT = "500MB"
COLUMNS = {
    "contact_id": ("string", "'c' || md5(cast(i as text))"),
    "lead_score": ("integer", "i % 100 + 1"),
    "decile": ("integer", "i % 10 + 1"),
    "band": ("string", "case i % 3 when 0 then 'cold' when 1 then 'warm' else 'hot' end"),
    "grade": ("string", "'A' || (i % 4 + 1)"),
    "qualification": ("string", "case i % 5 when 0 then 'sql' else 'none' end"),
    "fit_score": ("integer", "i * 7 % 100 + 1"),
    "engagement_score": ("integer", "i * 13 % 100 + 1"),
    "top_reasons": ("string", "'Looked at prices; opened ' || (i % 50) || ' mails'"),
    "is_disqualified": ("boolean", "i % 7 = 0"),
}
EXPOSURE = {
    "destination": "hubspot",
    "object": "contacts",
    "mode": "update",
    "key": "record_id",
    "record_id": "record_id",
    "unique_key": "contact_id",
    "send_when": {
        "any_change": ["decile", "band", "grade"],
        "moved": {"lead_score": 5},
        "at_least_every_days": 30,
    },
    "fields": {name: f"decile_{name}" for name in COLUMNS},
}


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=float, default=1.0, help="part of a million rows")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured()))
        return
    with TemporaryDirectory() as folder:
        write_project(Path(folder))
        os.chdir(folder)
        rows = int(ROWS * options.size)
        fill(rows)
        found, peak = measure()
        bare, planned = statistics.median(found["bare"]), statistics.median(found["plan"])
        print(f"bare full outer join of {rows:,} rows, 10 fields  {bare:.2f} s")
        print(f"plan of {found['unchanged']:,} unchanged rows      {planned:.2f} s")
        print(f"ratio                                      {planned / bare:.2f} (bound 2)")
        print(f"peak memory, DuckDB's {MEMORY_LIMIT} within it    {peak:.2f} GB (bound 1)")
        sending(min(SENT, rows))


def write_project(folder: Path) -> None:
    """Write a dbt project of one sync, with the macros of this one."""
    shutil.copytree(ROOT / "macros", folder / "macros")
    (folder / "models").mkdir()
    (folder / "models" / "sync_people.sql").write_text("select 1 as record_id")
    columns = {"record_id": ("string", "")} | COLUMNS
    model = {
        "name": "sync_people",
        "config": {"contract": {"enforced": True}},
        "columns": [{"name": name, "data_type": kind} for name, (kind, _) in columns.items()],
    }
    exposure = {
        "name": "people",
        "type": "application",
        "owner": {"name": "Somebody", "email": "somebody@example.com"},
        "depends_on": ["ref('sync_people')"],
        "config": {"meta": {"sync": EXPOSURE}},
    }
    output = {
        "type": "duckdb",
        "path": "bench.duckdb",
        "threads": 2,
        "settings": {"memory_limit": MEMORY_LIMIT},
    }
    write(folder / "models" / "people.yml", {"models": [model], "exposures": [exposure]})
    write(folder / "dbt_project.yml", {"name": "decile", "profile": "b", "version": "1.0.0"})
    write(folder / "profiles.yml", {"b": {"target": "dev", "outputs": {"dev": output}}})


def write(path: Path, content: dict[str, Any]) -> None:
    """Write YAML."""
    path.write_text(yaml.safe_dump(content))


def fill(rows: int) -> None:
    """Write the model's table, and a ledger by which all of it was accepted."""
    with open_warehouse() as (warehouse, manifest):
        (sync,) = parse_syncs(manifest, DESTINATIONS)
        columns = ", ".join(f"{sql} as {name}" for name, (_, sql) in COLUMNS.items())
        model = warehouse.relation(sync.table, schema=sync.schema)
        warehouse.execute(
            f"create table {model} as select cast(1000000 + i as text) as record_id, {columns} "
            f"from range({rows}) as numbers (i)"
        )
        plan = plan_sync(sync, open_ledger(warehouse, "bench"), capabilities())
        accept(warehouse, open_ledger(warehouse, "bench"), plan)


def accept(warehouse: Warehouse, ledger: Ledger, plan: Plan) -> None:
    """Write down that a plan was accepted whole, as a run would in many batches."""
    names = [field.name for field in plan.sync.fields]
    pairs = ", ".join(
        f"'{name}', {alias}" for name, alias in zip(names, aliases_of(plan.sync), strict=True)
    )
    warehouse.session_rows(
        f"""
        insert into {ledger.table("sync_state")} (
            account, sync_name, row_key, contact_id, run_number, operation, fingerprint,
            payload, destination_id, status, attempts, run_id, accepted_at, recorded_at
        )
        select '{ledger.account}', '{plan.sync.name}', row_key, contact_id, 1, operation,
            fingerprint, cast(json_object({pairs}) as text), record_id, 'accepted', 0,
            '20260701T000000-abcdef', localtimestamp, localtimestamp
        from {plan.table} where decision = 'send'
        """
    )


def aliases_of(sync: Sync) -> list[str]:
    """Give the names that the fields have inside a plan."""
    return [f"f{number}" for number in range(len(sync.fields))]


def sending(rows: int) -> None:
    """Change some contacts and send them to a sandbox that knows them; time calls and run."""
    with open("records.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "property_email"])
        writer.writerows((1_000_000 + n, f"{n}@example.com") for n in range(rows))
    settings = {"DECILE_SANDBOX_RECORDS": "records.csv", "DECILE_SANDBOX_STATE": "sandbox.sqlite"}
    connector = DESTINATIONS["hubspot"]
    with (
        open_warehouse() as (warehouse, manifest),
        connector.connect(settings, Target("contacts")) as connection,
    ):
        (sync,) = parse_syncs(manifest, DESTINATIONS)
        model = warehouse.relation(sync.table, schema=sync.schema)
        warehouse.execute(
            f"update {model} set band = 'boiling' where cast(record_id as int) < {1_000_000 + rows}"
        )
        connection.destination.apply_setup(sync.fields)
        ledger = open_ledger(warehouse, "bench")
        plan = plan_sync(sync, ledger, connection.destination.capabilities)
        timed = Timed(connection.destination)
        began = time.monotonic()
        result = run_sync(sync, plan, timed, ledger)
        elapsed = time.monotonic() - began
    print(f"{result.outcomes['accepted']:,} contacts accepted in {len(timed.calls)} calls")
    calls = sum(timed.calls)
    print(f"calls {calls:.1f} s, run {elapsed:.1f} s, ratio {elapsed / calls:.2f}")


class Timed:
    """A destination, and the seconds of each of its calls."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        self.name, self.capabilities = destination.name, destination.capabilities
        self.plan_setup, self.apply_setup = destination.plan_setup, destination.apply_setup
        self.calls: list[float] = []

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Pass a batch on."""
        began = time.monotonic()
        outcomes = self._destination.push(changes)
        self.calls.append(time.monotonic() - began)
        return outcomes


def measure() -> tuple[dict[str, Any], float]:
    """Measure in a process of its own; give what it found and its peak of memory in GB."""
    command = [sys.executable, "-m", "bench.planning", "--measure"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    printed = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("the measuring process failed")
    return json.loads(printed), usage.ru_maxrss / 1024**2


def measured() -> dict[str, Any]:
    """Take turns: the bare join, the plan."""
    bare: list[float] = []
    plans: list[float] = []
    with open_warehouse() as (warehouse, manifest):
        (sync,) = parse_syncs(manifest, DESTINATIONS)
        ledger = open_ledger(warehouse, "bench")
        query = bare_join(warehouse, ledger, sync)
        for _ in range(ROUNDS):
            began = time.monotonic()
            (row,) = warehouse.session_rows(query)
            bare.append(time.monotonic() - began)
            if row["differing"]:
                raise SystemExit(f"{row['differing']:,} rows differ: nothing was changed")
            began = time.monotonic()
            plan = plan_sync(sync, ledger, capabilities())
            plans.append(time.monotonic() - began)
    return {"bare": bare, "plan": plans, "unchanged": plan.unchanged}


def bare_join(warehouse: Warehouse, ledger: Ledger, sync: Sync) -> str:
    """Give the one join that any comparison has to make."""
    scope = Scope(ledger.account, ledger.table("sync_state"))
    question = question_of(sync, scope, warehouse, capabilities())
    model = warehouse.relation(sync.table, schema=sync.schema)
    fields = ", ".join(
        f"{rendered(field, warehouse)} as {alias}"
        for field, alias in zip(question.fields, aliases(question.fields, "f"), strict=True)
    )
    return f"""
        with model as (
            select {rendered(question.key, warehouse)} as row_key, {fields} from {model}
        ),
        hashed as (
            select row_key, {fingerprint(question, warehouse)} as fingerprint from model
        )
        select count(*) as differing
        from hashed
        full join {ledger.table("sync_state")} as state
            on hashed.row_key = state.row_key
        where hashed.fingerprint is distinct from state.fingerprint
    """


if __name__ == "__main__":
    main()
