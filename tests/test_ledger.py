"""The ledger's layouts: how one is made, and how an older one becomes the newest."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from dbt_common.exceptions import CompilationError
from earlier_ledgers import version_1
from small_project import person, write_people, write_project

from sync import ledger as ledger_module
from sync.config import parse_syncs
from sync.destinations import DESTINATIONS
from sync.destinations.hubspot import capabilities
from sync.engine import plan_sync
from sync.errors import ConfigError, WarehouseError
from sync.ledger import VERSION, Ledger, open_ledger
from sync.warehouse import Warehouse, open_warehouse

SCHEMA = "small_ledger"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_project(tmp_path)


def of_version_1(database: Path) -> None:
    with duckdb.connect(database) as connection:
        connection.execute(version_1(SCHEMA))


def columns(warehouse: Warehouse) -> set[tuple[str, str, str]]:
    found = warehouse.rows(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = ?",
        (SCHEMA,),
    )
    return {(row["table_name"], row["column_name"], row["data_type"]) for row in found}


def count(ledger: Ledger, table: str) -> int:
    return len(list(ledger.warehouse.rows(f"select * from {ledger.table(table)}")))


def versions(ledger: Ledger) -> list[int]:
    sql = f"select version from {ledger.table('ledger_version')} order by version"
    return [row["version"] for row in ledger.warehouse.rows(sql)]


def test_the_code_and_the_macros_know_the_same_version(database: Path) -> None:
    with open_warehouse() as (warehouse, _):
        assert warehouse.macro_sql("ledger_version") == str(VERSION)
        assert versions(open_ledger(warehouse, "sandbox")) == [VERSION]
    assert database.exists()


def test_every_table_and_column_is_documented_and_no_other(database: Path) -> None:
    with open_warehouse() as (warehouse, _):
        open_ledger(warehouse, "sandbox")
        there = {
            (table, column)
            for table, column, _ in columns(warehouse)
            if table != "sync_state_current"
        }
    document = (Path(__file__).parents[1] / "docs" / "ledger.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (\w+)$(.*?)(?=^## |\Z)", document, re.M | re.S)
    told = {
        (table, column)
        for table, text in sections
        for cell in re.findall(r"^\| (`.*?) \|", text, re.M)
        for column in re.findall(r"`(\w+)`", cell)
    }
    assert told == there
    assert database.exists()


def test_an_old_ledger_becomes_like_a_new_one_and_keeps_its_rows(
    database: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_version_1(database)
    with open_warehouse() as (warehouse, _):
        migrated = open_ledger(warehouse, "sandbox")
        assert versions(migrated) == list(range(1, VERSION + 1))
        rows = {name: count(migrated, name) for name in ("sync_runs", "sync_log", "sync_state")}
        assert rows == {"sync_runs": 2, "sync_log": 2, "sync_state": 2}
        old = columns(warehouse)

    other = tmp_path_factory.mktemp("new")
    write_project(other)
    monkeypatch.chdir(other)
    with open_warehouse() as (warehouse, _):
        open_ledger(warehouse, "sandbox")
        assert old == columns(warehouse)


def test_what_an_old_ledger_knows_as_accepted_is_not_sent_again(database: Path) -> None:
    of_version_1(database)
    write_people(database, person("1", "r1"), person("2", "r2", score=None), person("3", "r3"))
    with open_warehouse() as (warehouse, manifest):
        (sync,) = parse_syncs(manifest, DESTINATIONS)
        plan = plan_sync(sync, open_ledger(warehouse, "sandbox"), capabilities())
        keys = [planned.change.key for planned in plan.changes()]
    assert (plan.unchanged, keys) == (2, ["3"])


@pytest.mark.long
def test_a_build_migrates_too(database: Path) -> None:
    of_version_1(database)
    project = database.parent / "dbt_project.yml"
    project.write_text(project.read_text() + 'on-run-start: ["{{ ledger_ddl() }}"]\n')
    subprocess.run([Path(sys.executable).with_name("dbt"), "--quiet", "seed"], check=True)
    with duckdb.connect(database) as connection:
        found = connection.execute(f"from {SCHEMA}.ledger_version").fetchall()
        assert found == [(version,) for version in range(1, VERSION + 1)]
        assert connection.execute(f"from {SCHEMA}.sync_leases").fetchall() == []


def test_a_migration_that_fails_half_way_leaves_the_old_ledger_whole(database: Path) -> None:
    of_version_1(database)
    with duckdb.connect(database) as connection:
        # Somebody's own table is in the place of one that the migration makes.
        connection.execute(f"create table {SCHEMA}.sync_alerts (note text)")
    with open_warehouse() as (warehouse, _):
        before = columns(warehouse)
        with pytest.raises(WarehouseError, match="sync_alerts"):
            open_ledger(warehouse, "sandbox")
        assert columns(warehouse) == before
        ledger = Ledger(warehouse, "sandbox")
        assert versions(ledger) == [1]
        assert count(ledger, "sync_state_current") == 2
        warehouse.execute(f"drop table {SCHEMA}.sync_alerts")
        assert versions(open_ledger(warehouse, "sandbox")) == list(range(1, VERSION + 1))


def test_one_that_somebody_else_migrates_meanwhile_is_no_mistake(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_version_1(database)
    with open_warehouse() as (warehouse, _):
        seen = iter([1])
        read = ledger_module._version
        open_ledger(warehouse, "sandbox")
        statements = "begin; create table " + SCHEMA + ".sync_alerts (account text); commit"
        monkeypatch.setattr(ledger_module, "_version", lambda one: next(seen, None) or read(one))
        monkeypatch.setattr(warehouse, "macro_sql", lambda _name: statements)
        assert versions(open_ledger(warehouse, "sandbox")) == list(range(1, VERSION + 1))


def test_a_ledger_of_a_later_version_is_refused(database: Path) -> None:
    with open_warehouse() as (warehouse, _):
        ledger = open_ledger(warehouse, "sandbox")
        with warehouse.transaction():
            warehouse.insert(ledger.table("ledger_version"), [{"version": VERSION + 1}])
        with pytest.raises(ConfigError, match=f"layout {VERSION + 1}, which is newer than"):
            open_ledger(warehouse, "sandbox")
        with pytest.raises(CompilationError, match=f"layout {VERSION + 1}, which is newer than"):
            warehouse.macro_sql("ledger_ddl")
    assert database.exists()
