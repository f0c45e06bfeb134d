from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from small_project import person, write_people, write_project

from sync import warehouse as warehouse_module
from sync.errors import ConfigError, WarehouseError
from sync.warehouse import marked_for_psycopg2, open_warehouse

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); input()"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_project(tmp_path)


def test_rows_are_streamed_while_others_are_written(database: Path) -> None:
    write_people(database, *(person(str(number)) for number in range(3_000)))
    with open_warehouse() as (warehouse, _):
        table = warehouse.relation("sync_crm__people")
        rows = warehouse.rows(f"select sync_key from {table} where lead_score = ?", (50,))
        first = next(rows)
        with warehouse.transaction():
            warehouse.insert(table, [{"sync_key": "new", "lead_score": 1}])
        assert len([first, *rows]) == 3_000
        assert len(list(warehouse.rows(f"select * from {table}"))) == 3_001


def test_what_fails_halfway_leaves_nothing(database: Path) -> None:
    write_people(database, person("1"))
    with open_warehouse() as (warehouse, _):
        table = warehouse.relation("sync_crm__people")

        def write_and_fail() -> None:
            with warehouse.transaction():
                warehouse.insert(table, [{"sync_key": "2"}])
                list(warehouse.rows("select * from no_such_table"))

        with pytest.raises(WarehouseError, match="no_such_table"):
            write_and_fail()
        assert len(list(warehouse.rows(f"select * from {table}"))) == 1


def test_the_file_is_free_again_afterwards(database: Path) -> None:
    write_people(database, person("1"))
    with open_warehouse() as (warehouse, _):
        assert warehouse.exists("sync_crm__people")
    write_people(database, person("2"))


@contextmanager
def holding(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold the file, until it is sent a line."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield holder


def test_a_locked_file_says_which_process_holds_it(database: Path) -> None:
    with holding(database) as holder:
        held_by = f"people.duckdb is held by process {holder.pid}.*: DuckDB lets one process in"
        with pytest.raises(WarehouseError, match=held_by), open_warehouse():
            pass
        holder.communicate("\n")


def test_a_locked_file_can_be_waited_for(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_people(database, person("1"))
    with holding(database) as holder:
        waited = iter([lambda: None, lambda: holder.communicate("\n")])
        monkeypatch.setattr(warehouse_module, "sleep", lambda _seconds: next(waited)())
        with open_warehouse(wait=60) as (warehouse, _):
            assert warehouse.exists("sync_crm__people")


def test_an_error_of_the_engine_is_ours_and_quotes_no_row(database: Path) -> None:
    write_people(database, person("secret"))
    with open_warehouse() as (warehouse, _):
        table = warehouse.relation("sync_crm__people")
        with pytest.raises(WarehouseError) as refused:
            list(warehouse.rows(f"select cast(sync_key as integer) from {table}"))
        assert "secret" not in str(refused.value)


def test_an_unknown_target_is_a_mistake_in_the_settings(database: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"), open_warehouse("nowhere"):
        pass
    assert not database.exists()


def test_marks_and_signs_in_a_literal_are_no_parameters() -> None:
    sql = "select '100 % sure? it''s' as a, b % 2 from t where c = ? and d = '?'"
    assert marked_for_psycopg2(sql) == (
        "select '100 %% sure? it''s' as a, b %% 2 from t where c = %s and d = '?'"
    )
