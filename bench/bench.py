"""How long the project takes on a large company's data, and how much memory.

Prints seconds for each layer, the peak of memory, and how many times longer score_points and
what leads to it take than bench/handwritten_points.sql, one statement written for the 43 shipped
rules only, whose points must be the same. At a small size the ratio says little: dbt needs some
time for every model, however few rows it has.

The project is built with 20 audiences. They may take a fifth of the time of the scoring layer,
which is checked at full size.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import duckdb

from bench.project import copy_project

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).with_name("dbt")
HANDWRITTEN = ROOT / "bench" / "handwritten_points.sql"
THREADS = 2
MEMORY_LIMIT = "6GB"
AS_OF = "2026-07-01 00:00:00"
SLOWEST = 8
AUDIENCES = 20
AUDIENCES_BOUND = 0.2

# All that stands between contact_events, contact_fields and the points of every rule.
SCORE_POINTS_MODELS = {
    "active_event_rules",
    "active_field_rules",
    "active_rule_groups",
    "active_scorecards",
    "event_rule_dates",
    "event_rule_firsts",
    "event_rule_hits",
    "event_rule_matches",
    "event_rule_points",
    "field_rule_points",
    "rule_group_caps",
    "score_points",
    "scored_events",
}


def generate(contacts: int, events: int, raw: Path) -> None:
    """Make the raw tables as Parquet files, once."""
    done = raw / ".done"
    if done.exists():
        return
    raw.mkdir(parents=True, exist_ok=True)
    print(f"generating {contacts:,} contacts and {events:,} events", flush=True)
    sizes = ["--contacts", str(contacts), "--events", str(events)]
    command = [sys.executable, "-m", "bench.generate", *sizes, "--parquet", str(raw)]
    subprocess.run(command, cwd=ROOT, check=True)
    done.touch()


def expose(raw: Path, database: Path) -> None:
    """Show the Parquet files as the raw tables of their sources, in a fresh database."""
    for file in (database, database.with_suffix(".duckdb.wal")):
        file.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        for file in sorted(raw.glob("raw_*__*.parquet")):
            source, table = file.stem.removeprefix("raw_").split("__")
            connection.execute(f"create schema if not exists {source}")
            connection.execute(
                f"create view {source}.\"{table}\" as select * from read_parquet('{file}')"
            )


def write_audiences(seed: Path) -> None:
    """Add audiences to those that ship, with conditions of every kind, until there are 20."""
    with seed.open(encoding="utf-8", newline="") as file:
        shipped = list(csv.DictReader(file))
    kinds = itertools.product(("email_marketing", ""), ("in", "out", ""), ("1", "5"))
    added = [
        {"audience": f"added_{number}", "label": "Added", "purpose": purpose, "customers": side,
         "min_decile": lowest, "active_within_days": "365", "holdout_share": "0.1",
         "exclusive_group": "messages" if number % 3 else "", "is_active": "true"}
        for number, (purpose, side, lowest) in enumerate(kinds)
    ]  # fmt: skip
    rows = [*shipped, *added][:AUDIENCES]
    with seed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(shipped[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def build(folder: Path, database: Path) -> tuple[float, float]:
    """Build seeds and models; return seconds and the peak of memory in GB."""
    settings = {
        "DECILE_TARGET": "duckdb",
        # One model at a time, with all of DuckDB's threads: two would count each other's seconds.
        "DECILE_THREADS": "1",
        "DECILE_DUCKDB_PATH": str(database),
        "DECILE_DUCKDB_MEMORY": MEMORY_LIMIT,
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    absent = {"hubspot_tables_absent": ["contact_merge_audit"]}
    project_vars = json.dumps({"demo": False, "as_of": AS_OF, **absent})
    only = ["--resource-type", "seed", "--resource-type", "model"]
    command = [str(DBT), "--quiet", "build", *only, "--vars", project_vars]
    copy_project(folder / "project")
    write_audiences(folder / "project" / "seeds" / "policy" / "audiences.csv")
    started = time.monotonic()
    dbt = subprocess.Popen(command, cwd=folder / "project", env=os.environ | settings)
    _, status, usage = os.wait4(dbt.pid, 0)
    dbt.returncode = os.waitstatus_to_exitcode(status)
    if dbt.returncode != 0:
        raise SystemExit("the build failed")
    return time.monotonic() - started, usage.ru_maxrss / 1024**2


def seconds_by_model(folder: Path) -> dict[tuple[str, str], float]:
    """Seconds of each model and seed, by layer and name."""
    nodes = json.loads((folder / "dbt" / "manifest.json").read_text())["nodes"]
    results = json.loads((folder / "dbt" / "run_results.json").read_text())["results"]
    seconds = {}
    for result in results:
        node = nodes[result["unique_id"]]
        path = Path(node["original_file_path"])
        layer = path.parts[1] if node["resource_type"] == "model" else "seeds"
        seconds[layer, node["name"]] = float(result["execution_time"])
    return seconds


def print_layers(seconds: dict[tuple[str, str], float]) -> None:
    """Print the sum of each layer, in the order in which they were built."""
    layers: dict[str, float] = defaultdict(float)
    for (layer, _), spent in seconds.items():
        layers[layer] += spent
    print("\nseconds per layer")
    for layer, spent in layers.items():
        print(f"  {layer:<24}{spent:>9.1f}")
    print("\nslowest models")
    for (_, name), spent in sorted(seconds.items(), key=lambda item: -item[1])[:SLOWEST]:
        print(f"  {name:<24}{spent:>9.1f}")


def share_of_audiences(seconds: dict[tuple[str, str], float]) -> float:
    """Print how long the audiences take beside the scores; return the share."""
    spent = {
        layer: sum(each for (found, _), each in seconds.items() if found == layer)
        for layer in ("scoring", "audiences")
    }
    share = spent["audiences"] / spent["scoring"]
    print(
        f"\n{AUDIENCES} audiences {spent['audiences']:.1f} s, {share:.0%} of the scoring layer's"
        f" {spent['scoring']:.1f} s (at most {AUDIENCES_BOUND:.0%} at full size)"
    )
    return share


def run_by_hand(connection: duckdb.DuckDBPyConnection) -> float:
    """Run the hand-written statement into a table of its own; return its seconds."""
    connection.execute(f"set threads = {THREADS}")
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("set preserve_insertion_order = false")
    statement = HANDWRITTEN.read_text().rstrip().removesuffix(";")
    started = time.monotonic()
    connection.execute(f"create or replace table handwritten_points as {statement}")
    return time.monotonic() - started


def rows_that_differ(connection: duckdb.DuckDBPyConnection) -> int:
    """Count the rows of points that only one of the two has."""
    columns = "contact_id, as_of, rule, points"
    ours = f"select {columns} from decile.score_points"
    by_hand = f"select {columns} from handwritten_points"
    ((differing,),) = connection.execute(
        f"select count(*) from (({ours} except all {by_hand})"
        f" union all ({by_hand} except all {ours})) as differing"
    ).fetchall()
    return int(differing)


def print_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Print how large the result is."""
    tables = ("contacts", "contact_events", "score_points", "lead_scores", "audience_candidates")
    for table in tables:
        ((rows,),) = connection.execute(f"select count(*) from decile.{table}").fetchall()
        print(f"  {table:<24}{rows:>12,} rows")


def main() -> None:
    """Generate once, build, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--size", type=float, default=1.0, help="share of both, such as 0.01")
    chosen = parser.parse_args()
    contacts, events = int(chosen.contacts * chosen.size), int(chosen.events * chosen.size)
    folder = ROOT / "target" / "bench" / f"{contacts}x{events}"
    database = folder / "warehouse.duckdb"

    generate(contacts, events, folder / "raw")
    expose(folder / "raw", database)
    elapsed, peak = build(folder, database)
    seconds = seconds_by_model(folder)
    print(f"\n{contacts:,} contacts, {events:,} events, {THREADS} threads")
    print_layers(seconds)
    print(f"\nbuild  {elapsed:.1f} s, peak memory {peak:.2f} GB (limit of DuckDB {MEMORY_LIMIT})")

    with duckdb.connect(str(database)) as connection:
        print_counts(connection)
        by_hand = run_by_hand(connection)
        differing = rows_that_differ(connection)
    rules = sum(spent for (_, name), spent in seconds.items() if name in SCORE_POINTS_MODELS)
    print(f"\nscore_points {rules:.1f} s, {HANDWRITTEN.relative_to(ROOT)} {by_hand:.1f} s")
    print(f"ratio {rules / by_hand:.2f}, rows that differ: {differing}")
    share = share_of_audiences(seconds)
    if share >= AUDIENCES_BOUND and chosen.size >= 1:
        raise SystemExit("the audiences take too long")
    if differing:
        raise SystemExit("the hand-written statement and score_points disagree")


if __name__ == "__main__":
    main()
