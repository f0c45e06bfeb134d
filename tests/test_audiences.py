"""Who is in an audience, who is held out, and which arm has whom: for any contacts and shares."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, Template
from rendered import macros

MODELS = Path(__file__).parents[1] / "models"
PEOPLE = 400
START = datetime(2026, 1, 1)  # noqa: DTZ001  (timestamps are UTC)
COLUMNS = "audience, contact_id, reason, arm, is_holdout"
SHARES = st.integers(0, 99).map(lambda percent: f"0.{percent:02}")
Members = dict[str, tuple[str | None, bool]]
# Reset by every example, or never changed by one.
ONE_DATABASE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Dbt:
    """What models ask of dbt for an expression."""

    @staticmethod
    def hash(expression: str) -> str:
        return f"md5({expression})"

    @staticmethod
    def type_string() -> str:
        return "varchar"


def statement(model: str, *, as_of: datetime = START, is_incremental: bool = True) -> str:
    """A model of the audiences as DuckDB takes it; what it reads is called as it is."""
    return template(model).render(
        is_incremental=lambda: is_incremental,
        as_of=lambda: f"cast('{as_of}' as timestamp)",
    )


@cache
def template(model: str) -> Template:
    expressions = macros("duckdb")
    environment = Environment()  # noqa: S701  (makes SQL, not HTML)
    environment.globals |= {
        "config": lambda **_settings: "",
        "ref": lambda name: name,
        "refuse_earlier_as_of": lambda _column: "",
        "dbt": Dbt,
        "this": model,
        "whole_number": lambda expression: f"cast({expression} as integer)",
        "count_when": lambda condition: f"count(case when {condition} then 1 end)",
        **{name: expressions[name] for name in ("share_drawn", "number_or_null", "days_between")},
    }
    (file,) = MODELS.glob(f"*/{model}.sql")
    return environment.from_string(file.read_text())


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            f"""
            create table audience_candidates as
                select 'one' as audience, 'c' || i as contact_id, 'r' as reason
                from range({PEOPLE}) as numbers (i);
            create table audience_splits (audience varchar, arm varchar, share varchar);
            create table audience_rules (audience varchar, holdout_share decimal(18, 6),
                holdout_salt varchar, exclusive_group varchar, priority decimal(18, 6));
            create table audience_assignments (audience varchar, contact_id varchar,
                reason varchar, arm varchar, is_holdout boolean);
            create view audience_arms as {statement("audience_arms")};
            """
        )
        yield connection


def assigned(
    database: duckdb.DuckDBPyConnection, holdout: str, arms: list[str], salt: str = "salt"
) -> dict[str, Any]:
    """Each contact's arm, or `held out`, of an audience with these shares."""
    database.execute("delete from audience_splits; delete from audience_rules")
    database.execute(f"insert into audience_rules values ('one', {holdout}, '{salt}', 'g', 1)")
    for number, share in enumerate(arms):
        database.execute("insert into audience_splits values ('one', ?, ?)", [f"a{number}", share])
    rows = database.execute(statement("audience_assignments")).fetchall()
    assert len(rows) == PEOPLE, "each contact is assigned once"
    return {contact: "held out" if held else arm for _, contact, _, arm, held in rows}


@ONE_DATABASE
@given(st.tuples(SHARES, SHARES))
def test_a_holdout_that_grows_keeps_whom_it_has(
    database: duckdb.DuckDBPyConnection, shares: tuple[str, str]
) -> None:
    small, large = (assigned(database, share, []) for share in sorted(shares))
    held = {contact for contact, arm in small.items() if arm == "held out"}
    assert held <= {contact for contact, arm in large.items() if arm == "held out"}


@ONE_DATABASE
@given(SHARES, st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_every_member_is_held_out_or_of_one_arm(
    database: duckdb.DuckDBPyConnection, holdout: str, weights: list[int]
) -> None:
    shares = [f"{weight / sum(weights):.4f}" for weight in weights]
    found = assigned(database, holdout, shares)
    assert set(found.values()) <= {"held out", *(f"a{number}" for number in range(len(shares)))}
    # Whom a growing holdout leaves keeps the arm.
    before = assigned(database, "0", shares)
    assert all(arm in ("held out", before[contact]) for contact, arm in found.items())


def test_shares_are_met_and_each_salt_draws_anew(database: duckdb.DuckDBPyConnection) -> None:
    found = assigned(database, "0.25", ["0.5", "0.5"])
    held = {contact for contact, arm in found.items() if arm == "held out"}
    assert 70 <= len(held) <= 130
    assert 115 <= sum(arm == "a0" for arm in found.values()) <= 185
    others = assigned(database, "0.25", [], salt="another")
    both = held & {contact for contact, arm in others.items() if arm == "held out"}
    assert 8 <= len(both) <= 45


def test_a_cart_is_on_the_list_of_reminders_until_the_very_next_build_after_the_order() -> None:
    with duckdb.connect(config={"threads": 1}) as shop:
        shop.execute(
            """
            create table audience_rules as select 'abandoned_carts' as audience,
                0.0 as holdout_share, 'x' as holdout_salt, 'g' as exclusive_group, 1 as priority;
            create table audience_arms as select 'none' as audience, 'a' as arm,
                0.0 as from_share, 2.0 as to_share;
            create table contacts as select 'ada' as contact_id, 'ada@example.com' as email,
                null as phone;
            create table contact_permissions as select 'ada' as contact_id,
                'email_marketing' as purpose, true as is_allowed;
            create table scored_events (contact_id varchar, event_name varchar,
                occurred_at timestamp);
            """
        )
        minute = timedelta(minutes=1)
        happen(shop, "cart_item_added", START - 60 * minute)
        assert on_the_list(shop, START - minute, is_first=True) == []
        assert on_the_list(shop, START) == [("ada", "ada@example.com")]
        happen(shop, "order_completed", START + minute)
        assert on_the_list(shop, START + minute) == []
        assert on_the_list(shop, START + 90 * minute) == []
        happen(shop, "cart_item_added", START + 100 * minute)
        assert on_the_list(shop, START + 160 * minute) == [("ada", "ada@example.com")]


def happen(shop: duckdb.DuckDBPyConnection, event: str, moment: datetime) -> None:
    shop.execute("insert into scored_events values ('ada', ?, ?)", [event, moment])


def on_the_list(
    shop: duckdb.DuckDBPyConnection, as_of: datetime, *, is_first: bool = False
) -> list[tuple[Any, ...]]:
    """Build all from the events to the sync; give what is sent."""
    carts = statement("aud_abandoned_carts", as_of=as_of)
    shop.execute(
        f"""
        create or replace table audience_candidates as
            select 'abandoned_carts' as audience, contact_id, reason from ({carts});
        create or replace table audience_assignments as {statement("audience_assignments")};
        """
    )
    entries = statement("audience_entries", as_of=as_of, is_incremental=not is_first)
    made = "create table audience_entries as" if is_first else "insert into audience_entries"
    shop.execute(f"{made} {entries}")
    for view in ("audience_members", "audience_recipients"):
        shop.execute(f"create or replace view {view} as {statement(view)}")
    return shop.execute(statement("sync_brevo__cart_reminders")).fetchall()


MEMBERS = st.dictionaries(
    st.sampled_from("abc"), st.sampled_from([(None, False), (None, True), ("x", False)])
)


@ONE_DATABASE
@given(st.lists(MEMBERS, min_size=1, max_size=6))
def test_entries_tell_who_was_in_on_each_day(
    database: duckdb.DuckDBPyConnection, days: list[Members]
) -> None:
    database.execute("drop table if exists audience_entries")
    for number, members in enumerate(days):
        remember(database, members, START + timedelta(days=number), is_first=not number)
        # A build that is repeated, after a crash for instance, finds nothing to add.
        assert remember(database, members, START + timedelta(days=number)) == 0

    rows = database.execute(statement("audience_members")).fetchall()
    for number, members in enumerate(days):
        day = START + timedelta(days=number)
        there = [
            (contact, (arm, held))
            for _, contact, _, _, arm, held, entered, left in rows
            if entered <= day and (left is None or left > day)
        ]
        assert sorted(there, key=repr) == sorted(members.items(), key=repr)
    keys = [(contact, number) for _, contact, number, *_ in rows]
    assert len(keys) == len(set(keys)), "an entry ends once"


def remember(
    database: duckdb.DuckDBPyConnection, members: Members, day: datetime, *, is_first: bool = False
) -> int:
    """Build audience_entries as of a day; return how many rows it added."""
    database.execute("delete from audience_assignments")
    for contact, (arm, held) in members.items():
        row = ["one", contact, "r", arm, held]
        database.execute("insert into audience_assignments values (?, ?, ?, ?, ?)", row)
    build = statement("audience_entries", as_of=day, is_incremental=not is_first)
    if is_first:
        database.execute(f"create table audience_entries as {build}")
        return len(members)
    ((before,),) = database.execute("select count(*) from audience_entries").fetchall()
    database.execute(f"insert into audience_entries {build}")
    ((after,),) = database.execute("select count(*) from audience_entries").fetchall()
    return int(after - before)
