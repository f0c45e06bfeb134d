"""Raw tables that do not fit: one message, before anything is built. And what the yml says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).with_name("dbt")
SOURCES = list(yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]["source_shapes"])


def contract(source: str) -> dict[str, list[str]]:
    """The columns of each raw table, as the macro <source>_tables() lists them."""
    text = (ROOT / f"macros/{source}_tables.sql").read_text()
    found = re.search(r"set tables -%\}(.*?)\{%- endset", text, re.S)
    assert found is not None
    tables = yaml.safe_load(found[1])
    return {name: re.split(r"[\s|]+", words.replace("*", "")) for name, words in tables.items()}


def required(source: str, table: str) -> list[str]:
    text = (ROOT / f"macros/{source}_tables.sql").read_text()
    found = re.search(rf"^{table}:((?:.*\n)(?:  .*\n)*)", text, re.M)
    assert found is not None
    return re.findall(r"(\w+)\*", found[1])


def build(
    folder: Path, sources: list[str], **other_vars: object
) -> subprocess.CompletedProcess[str]:
    """Build the staging of some sources; to read the others would cost many seconds."""
    project_vars = {"demo": False, "sources": sources, **other_vars}
    project = folder / "project"
    shutil.copytree(ROOT / "macros", project / "macros")
    shutil.copytree(ROOT / "tests" / "generic", project / "tests" / "generic")
    for name in ("dbt_project.yml", "profiles.yml", "models/staging/_shapes.md"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, project / name)
    for source in sources:
        path = f"models/staging/{source}"
        shutil.copytree(ROOT / path, project / path)
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    return subprocess.run(
        [DBT, "--no-use-colors", "build", "--vars", json.dumps(project_vars)],
        cwd=project,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def create_tables(folder: Path, *statements: str) -> None:
    with duckdb.connect(str(folder / "warehouse.duckdb")) as database:
        for statement in statements:
            database.execute(statement)


def built(folder: Path) -> list[str]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as database:
        found = database.execute(
            "select table_name from information_schema.tables where table_name like 'stg_%'"
        ).fetchall()
    return sorted(name for (name,) in found)


@pytest.mark.parametrize("source", SOURCES)
def test_the_sources_yml_describes_the_columns_of_the_contract(source: str) -> None:
    path = ROOT / f"models/staging/{source}/_{source}__sources.yml"
    (definition,) = yaml.safe_load(path.read_text())["sources"]
    described = {
        table["name"]: [column["name"] for column in table["columns"]]
        for table in definition["tables"]
    }
    assert described == contract(source)


@pytest.mark.parametrize("source", SOURCES)
def test_freshness_looks_at_a_time_that_the_table_has(source: str) -> None:
    path = ROOT / f"models/staging/{source}/_{source}__sources.yml"
    (definition,) = yaml.safe_load(path.read_text())["sources"]
    fields = {
        table["name"]: re.search(r"cast[(](\w+) as", table["config"]["loaded_at_field"])
        for table in definition["tables"]
        if table["config"].get("freshness", "inherited") is not None
    }
    assert fields
    assert definition["config"]["freshness"]["warn_after"]
    for name, field in fields.items():
        assert field is not None, name
        assert field[1] in contract(source)[name], name


@pytest.mark.parametrize("source", SOURCES)
def test_the_sample_has_every_required_column(source: str) -> None:
    for table in contract(source):
        (path,) = (ROOT / "seeds/demo").rglob(f"raw_{source}__{table}.csv")
        header = path.read_text().split("\n", 1)[0]
        assert set(required(source, table)) <= set(header.strip().split(",")), table


@pytest.mark.long
def test_one_message_names_every_missing_table_and_column(tmp_path: Path) -> None:
    create_tables(
        tmp_path,
        "create schema raw",
        "create table raw.page_views (id text, anonymous_id text, seen_at timestamp)",
        "create table raw.people (row_id text, email text)",
        'create table raw."order" (id bigint, created_at timestamp)',
    )
    run = build(
        tmp_path,
        sources=["web", "people_list", "shopify"],
        web_schema="raw",
        web_tables_absent=["tracks"],
        people_list_schema="raw",
        shopify_schema="raw",
        shopify_tables_absent=["customer_address", "order_line", "product", "abandoned_checkout"],
    )

    assert run.returncode != 0
    faults = re.findall(r"^\s*- (\w+[.]\w+: .+)$", run.stdout, re.M)
    place = "warehouse.raw"
    assert [fault.split(". ")[0] for fault in faults] == [
        f"people_list.people: {place}.people has no column loaded_at",
        f"shopify.customer: there is no table {place}.customer",
        f"shopify.order: {place}.order has no column total_price or total_price_set_shop_amount",
        f"shopify.order_discount_code: there is no table {place}.order_discount_code",
        f"web.identifies: there is no table {place}.identifies",
        f"web.page_views: {place}.page_views has no column received_at",
        f"web.page_views: {place}.page_views has no column viewed_at",
    ]
    assert "It has anonymous_id, id, seen_at." in run.stdout
    assert "add identifies to web_tables_absent" in run.stdout
    assert built(tmp_path) == []


@pytest.mark.long
def test_typed_tables_with_required_columns_only_are_enough(tmp_path: Path) -> None:
    create_tables(
        tmp_path,
        "create schema tracker",
        "create table tracker.views (id bigint, anonymous_id uuid, viewed_at timestamptz,"
        " received_at timestamp, duration_seconds double)",
        "insert into tracker.views values (1, uuid(), '2026-06-01 10:00:00+02',"
        " '2026-06-01 08:00:01', 12.5)",
        "create table tracker.identifies (id bigint, anonymous_id uuid,"
        " identified_at timestamp, received_at timestamp)",
    )
    run = build(
        tmp_path,
        sources=["web"],
        web_schema="tracker",
        web_page_views_identifier="views",
        web_tables_absent=["tracks"],
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert built(tmp_path) == ["stg_web__consents", "stg_web__events", "stg_web__profiles"]
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as database:
        events = database.execute(
            "select source_event_id, cast(occurred_at as varchar), duration_seconds, page_path"
            " from decile_staging.stg_web__events"
        ).fetchall()
    assert events == [("1", "2026-06-01 08:00:00", 13, None)]
