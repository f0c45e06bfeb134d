"""A company may have only one of the sources, or none yet: the project builds all the same."""

from __future__ import annotations

import csv
import json
import os
import warnings
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from unittest import mock

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner

ROOT = Path(__file__).parents[1]
VARS = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
SOURCES = VARS["sources"]
OTHERS = [source for source in VARS["source_shapes"] if source not in SOURCES]

# Which values a cell may have is tested on all sources together; here it is the keys, the
# cells that must not be empty and the sums, which one source alone could break.
VALUE_TESTS = ["test_name:accepted_values", "test_name:between"]
UNTESTED = ("--exclude-resource-type", "test")
QUIETLY = ("--log-level", "none", "--log-level-file", "none")
WRONG = ("error", "fail", "runtime error")
# Where sources come together; the layers after them read what these gave.
LAYERS = ("staging", "identity", "contacts", "events")


def dbt(folder: Path, *arguments: str, **project_vars: object) -> None:
    """Run dbt in process, with a database and a target folder of its own."""
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder),
    }
    with mock.patch.dict(os.environ, settings), warnings.catch_warnings(action="ignore"):
        run = dbtRunner().invoke([*QUIETLY, *arguments, "--vars", json.dumps(project_vars)])
    # dbt-duckdb keeps its file open, and locked.
    DuckDBConnectionManager.close_all_connections()
    FACTORY.reset_adapters()
    results = getattr(run.result, "results", ())
    failed = [(one.node.name, one.message) for one in results if str(one.status) in WRONG]
    assert run.success, failed or run.exception


def build_with(sources: tuple[str, ...], folder: Path, *options: str) -> None:
    without = [f"path:seeds/demo/raw_{other}__*" for other in SOURCES if other not in sources]
    options = ("--exclude-resource-type", "unit_test", *options)
    dbt(folder, "build", *options, "--exclude", *without, *VALUE_TESTS, sources=sources)


def built_columns(folder: Path) -> dict[str, set[str]]:
    columns: dict[str, set[str]] = {}
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as database:
        rows = database.execute("select table_name, column_name from information_schema.columns")
        for table, column in rows.fetchall():
            columns.setdefault(table, set()).add(column)
    return columns


def described_columns(folder: Path, layers: Sequence[str]) -> dict[str, set[str]]:
    nodes = json.loads((folder / "manifest.json").read_text())["nodes"].values()
    described = {
        node["name"]: set(node["columns"])
        for node in nodes
        if node["resource_type"] == "model"
        and node["config"]["materialized"] != "ephemeral"
        and (not layers or Path(node["path"]).parts[0] in layers)
    }
    # A row of the seed is what describes the column that it makes.
    with (ROOT / "seeds" / "scoring" / "computed_fields.csv").open(newline="") as seed:
        computed = {row["field"] for row in csv.DictReader(seed)}
    for model in {"contact_event_fields", "contact_fields"} & set(described):
        described[model] |= computed
    return described


def assert_every_column_is_described(
    folder: Path, *sources: str, layers: Sequence[str] = ()
) -> None:
    described = described_columns(folder, layers)
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
    # Their few rows are tested above, all together, and what follows sees no source any more.
    chosen = ["path:seeds", *(f"path:models/{layer}" for layer in LAYERS)]
    build_with((source,), tmp_path, *UNTESTED, "--select", *chosen)

    assert_every_column_is_described(tmp_path, source, layers=LAYERS)


@pytest.mark.long
@pytest.mark.parametrize("sources", [*combinations(SOURCES, len(SOURCES) - 1)], ids="+".join)
def test_builds_with_all_sources_but_one(sources: tuple[str, ...], tmp_path: Path) -> None:
    # With those above, each two of them are seen on and off in every way.
    build_with(sources, tmp_path, *UNTESTED)


@pytest.mark.long
def test_reads_raw_tables_instead_of_the_sample(tmp_path: Path) -> None:
    dbt(tmp_path, "parse", demo=False)

    manifest = json.loads((tmp_path / "manifest.json").read_text())
    seeds = {n["name"] for n in manifest["nodes"].values() if n["resource_type"] == "seed"}
    assert [name for name in seeds if name.startswith("raw_")] == []
    assert {node["source_name"] for node in manifest["sources"].values()} >= set(SOURCES)


@pytest.mark.long
def test_builds_every_model_without_reading_a_row(tmp_path: Path) -> None:
    """`dbt run --empty` is how a pipeline checks a change before it pays for a build."""
    dbt(tmp_path, "seed")
    dbt(tmp_path, "run", "--empty")

    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as database:
        assert database.sql("select count(*) from decile.contacts").fetchall() == [(0,)]
