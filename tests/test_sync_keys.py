"""The dbt test of a sync's keys finds what it is for, on the SQL that dbt would run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from jinja2 import Environment

FILE = Path(__file__).parent / "generic" / "sync_keys.sql"
Row = tuple[str | None, str | None, str | None]


def found(*rows: Row, **columns: str) -> list[tuple[Any, ...]]:
    """What fails in a model of these rows: key, record id, unique key."""
    text = FILE.read_text(encoding="utf-8")
    macro = text.replace("{% test ", "{% macro test_").replace("endtest", "endmacro")
    environment = Environment()  # noqa: S701  (makes SQL, not HTML)
    environment.globals["dbt"] = SimpleNamespace(type_string=lambda: "text")
    module: Any = environment.from_string(macro).module
    with duckdb.connect() as connection:
        connection.execute("create table people (key text, record_id text, unique_key text)")
        for row in rows:
            connection.execute("insert into people values (?, ?, ?)", row)
        return connection.execute(module.test_sync_keys("people", **columns)).fetchall()


def all_three(*rows: Row) -> list[tuple[Any, ...]]:
    return found(*rows, key="key", record_id="record_id", unique_key="unique_key")


def test_rows_that_are_told_apart_pass() -> None:
    assert all_three(("1", "a", "x"), ("2", "b", "y"), ("3", None, None), ("4", None, None)) == []


@pytest.mark.parametrize(
    ("rows", "failure"),
    [
        ([(None, "a", "x"), ("1", "b", "y")], ("key", None, 1)),
        ([("1", "a", "x"), ("1", "b", "y")], ("key", "1", 2)),
        ([("1", "a", "x"), ("2", "a", "y")], ("record_id", "a", 2)),
        ([("1", "a", "x"), ("2", "b", "x")], ("unique_key", "x", 2)),
    ],
)
def test_a_key_that_is_missing_or_repeats_fails(
    rows: list[Row], failure: tuple[str, str | None, int]
) -> None:
    assert all_three(*rows) == [failure]


def test_only_the_keys_that_a_sync_has_are_looked_at() -> None:
    assert found(("1", "a", "x"), ("2", "a", "x"), key="key") == []
