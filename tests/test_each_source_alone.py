"""A company may have only one of the sources: the project builds with each one alone."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
import yaml

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).with_name("dbt")
VARS = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
SOURCES = VARS["sources"]
OTHERS = [source for source in VARS["source_shapes"] if source not in SOURCES]

# Which values a cell may have is tested on all sources together; here it is the keys, the
# cells that must not be empty and the sums, which one source alone could break.
VALUE_TESTS = ["test_name:accepted_values", "test_name:between"]


def dbt(folder: Path, *arguments: str, **project_vars: object) -> None:
    """Run dbt with a database and a target folder of its own; fail with what it printed."""
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    command = ["--quiet", *arguments, "--vars", json.dumps(project_vars)]
    run = subprocess.run(
        [str(DBT), *command],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def build_with(sources: tuple[str, ...], folder: Path) -> None:
    others = [f"path:seeds/demo/raw_{other}__*" for other in SOURCES if other not in sources]
    options = ["--exclude-resource-type", "unit_test", "--exclude", *others, *VALUE_TESTS]
    dbt(folder, "build", *options, sources=sources)


def built_columns(folder: Path) -> dict[str, set[str]]:
    columns: dict[str, set[str]] = {}
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as database:
        rows = database.execute("select table_name, column_name from information_schema.columns")
        for table, column in rows.fetchall():
            columns.setdefault(table, set()).add(column)
    return columns


def described_columns(folder: Path) -> dict[str, set[str]]:
    nodes = json.loads((folder / "manifest.json").read_text())["nodes"].values()
    described = {
        node["name"]: set(node["columns"])
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }
    # A row of the seed is what describes the column that it makes.
    with (ROOT / "seeds" / "scoring" / "computed_fields.csv").open(newline="") as seed:
        computed = {row["field"] for row in csv.DictReader(seed)}
    for model in ("contact_event_fields", "contact_fields"):
        described[model] |= computed
    return described


def assert_every_column_is_described(folder: Path, *sources: str) -> None:
    described = described_columns(folder)
    built = built_columns(folder)
    staging = {name.split("__")[0] for name in described if name.startswith("stg_")}
    assert staging == {f"stg_{source}" for source in sources}
    assert {name: built.get(name) for name in described} == described


@pytest.mark.long
@pytest.mark.parametrize("source", SOURCES)
def test_builds_alone_with_every_column_described(source: str, tmp_path: Path) -> None:
    build_with((source,), tmp_path)

    assert_every_column_is_described(tmp_path, source)


@pytest.mark.long
def test_the_other_sources_build_together(tmp_path: Path) -> None:
    build_with(tuple(OTHERS), tmp_path)

    assert_every_column_is_described(tmp_path, *OTHERS)


@pytest.mark.long
@pytest.mark.parametrize("source", OTHERS)
def test_each_of_the_others_builds_alone(source: str, tmp_path: Path) -> None:
    build_with((source,), tmp_path)

    assert_every_column_is_described(tmp_path, source)


@pytest.mark.long
@pytest.mark.parametrize(
    "sources", [*combinations(SOURCES, 2), *combinations(SOURCES, 3)], ids="+".join
)
def test_builds_with_some_sources(sources: tuple[str, ...], tmp_path: Path) -> None:
    build_with(sources, tmp_path)


@pytest.mark.long
def test_reads_raw_tables_instead_of_the_sample(tmp_path: Path) -> None:
    dbt(tmp_path, "parse", demo=False)

    manifest = json.loads((tmp_path / "manifest.json").read_text())
    seeds = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "seed"}
    assert [name for name in seeds if name.startswith("raw_")] == []
    assert {node["source_name"] for node in manifest["sources"].values()} >= set(SOURCES)
