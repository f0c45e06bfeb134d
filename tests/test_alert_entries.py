"""Alerts over any history of who is in them: once for each entry, whatever breaks on the way.

The models are rendered without dbt, which would cost seconds, and run in DuckDB.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

LIFECYCLE = Path(__file__).parents[1] / "models" / "lifecycle"
Day = tuple[frozenset[str], frozenset[str], str | None, int]
START = datetime(2026, 1, 1)  # noqa: DTZ001  (timestamps are UTC)
COOLDOWN = 4
CONTACTS = ("ada", "bob")
EMPTY = """
    create table alert_definitions (
        alert varchar, cooldown_days integer, conditions_digest varchar
    );
    create table contact_successors (contact_id varchar, current_contact_id varchar);
    create table alert_matches (alert varchar, contact_id varchar, was_active_today boolean);
    create table alert_entries (
        alert varchar, contact_id varchar, change_number integer, change_kind varchar,
        changed_at timestamp, conditions_digest varchar, is_fired boolean, held_back varchar
    );
"""

# A day: who is in the alert, who was active, by which conditions (none: it is off), and how
# often it is built.
DAYS = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(CONTACTS)),
        st.frozensets(st.sampled_from(CONTACTS)),
        st.sampled_from(["d1", "d1", "d1", "d2", None]),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=12,
)


@cache
def rendered(name: str) -> str:
    types = {f"type_{kind}": lambda kind=kind: kind for kind in ("int", "boolean", "timestamp")}
    environment = Environment()  # noqa: S701  (makes SQL, not HTML)
    environment.globals |= {
        "config": lambda **_: "",
        "ref": str,
        "this": "alert_entries",
        "as_of": lambda: "(select as_of from today)",
        "is_incremental": lambda: True,
        "refuse_earlier_as_of": lambda _: "",
        "whole_number": lambda expression: f"cast({expression} as integer)",
        "days_between": lambda earlier, later: f"date_diff('second', {earlier}, {later}) / 86400.0",
        "rows_so_far": lambda _, columns: (
            f"select {', '.join(column for column, _ in columns)} from alert_entries"
        ),
        "dbt": SimpleNamespace(type_string=lambda: "varchar", **types),
    }
    return environment.from_string((LIFECYCLE / f"{name}.sql").read_text()).render()


def build(connection: duckdb.DuckDBPyConnection, *, whole: bool = True) -> None:
    """Build the models as dbt does; without `whole` it stops before the one that remembers."""
    for name in ("alert_states", "alert_firings_so_far", "alert_changes"):
        connection.execute(f"create or replace table {name} as {rendered(name)}")
    if whole:
        connection.execute(f"insert into alert_entries by name {rendered('alert_entries')}")


def replay(days: list[Day]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute(EMPTY)
    for number, (there, active, digest, builds) in enumerate(days):
        moment = START + timedelta(days=number)
        connection.execute(
            "create or replace table today as select ?::timestamp as as_of", [moment]
        )
        connection.execute("delete from alert_definitions; delete from alert_matches")
        if digest:
            connection.execute(
                "insert into alert_definitions values ('hot', ?, ?)", [COOLDOWN, digest]
            )
            for contact in there:
                connection.execute(
                    "insert into alert_matches values ('hot', ?, ?)", [contact, contact in active]
                )
        build(connection, whole=False)
        for _ in range(builds):
            build(connection)
            connection.execute(f"insert into alert_entries by name {rendered('alert_entries')}")
    return connection


@settings(deadline=None, max_examples=8)
@given(DAYS)
def test_an_alert_fires_once_for_an_entry_whatever_happens(days: list[Day]) -> None:
    each_entry_fires_once(days)


@pytest.mark.long
@settings(deadline=None, max_examples=100)
@given(DAYS)
def test_an_alert_fires_once_for_an_entry_at_length(days: list[Day]) -> None:
    each_entry_fires_once(days)


def each_entry_fires_once(days: list[Day]) -> None:
    connection = replay(days)
    changes_alternate_and_firings_keep_their_distance(connection)
    the_present_is_who_is_in_it_at_the_last_build(connection, days)
    a_first_look_fires_only_for_who_was_active_that_day(connection, days)


def changes_alternate_and_firings_keep_their_distance(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = connection.execute(
        "select contact_id, change_number, change_kind, changed_at, is_fired "
        "from alert_entries where contact_id is not null order by 1, 2"
    ).fetchall()
    for contact in CONTACTS:
        own = [row for row in rows if row[0] == contact]
        assert [row[1] for row in own] == list(range(1, len(own) + 1))
        assert [row[2] for row in own] == [("left", "entered")[row[1] % 2] for row in own]
        assert all(row[2] == "entered" for row in own if row[4])
        fired = [row[3] for row in own if row[4]]
        gaps = [later - earlier for earlier, later in zip(fired, fired[1:], strict=False)]
        assert all(gap >= timedelta(days=COOLDOWN) for gap in gaps)


def the_present_is_who_is_in_it_at_the_last_build(
    connection: duckdb.DuckDBPyConnection, days: list[Day]
) -> None:
    built = [(there, digest) for there, _, digest, builds in days if builds]
    there, digest = built[-1] if built else (frozenset[str](), None)
    inside = connection.execute(
        "select contact_id from alert_entries where contact_id is not null "
        "qualify row_number() over (partition by contact_id order by change_number desc) = 1 "
        "and change_kind = 'entered'"
    ).fetchall()
    assert {contact for (contact,) in inside} == (there if digest else set())


def a_first_look_fires_only_for_who_was_active_that_day(
    connection: duckdb.DuckDBPyConnection, days: list[Day]
) -> None:
    for contact, changed_at in connection.execute(
        "select entered.contact_id, entered.changed_at from alert_entries as entered "
        "inner join alert_entries as watched on entered.changed_at = watched.changed_at "
        "and watched.contact_id is null where entered.is_fired"
    ).fetchall():
        assert contact in days[(changed_at - START).days][1]
