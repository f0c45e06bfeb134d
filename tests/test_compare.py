"""The comparison of engines tells what differs, and keeps texts to itself."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.postgres.compare import Table, differences

COLUMNS = ("contact_id", "points", "email")


def table(*rows: tuple[Any, ...], columns: tuple[str, ...] = COLUMNS) -> Table:
    return Table(columns=columns, rows=Counter(rows))


def told(ours: Table, theirs: Table) -> list[str]:
    return list(differences(ours, theirs, ["contact_id"]))


def test_the_order_of_rows_and_the_scale_of_a_number_do_not_matter() -> None:
    ours = table(("a", Decimal("2.00"), "x"), ("b", Decimal("1.50"), "y"))
    assert ours == table(("b", Decimal("1.5"), "y"), ("a", 2, "x"))


def test_a_row_that_is_there_twice_is_not_a_row_that_is_there_once() -> None:
    row = ("a", Decimal(1), "x")
    assert table(row, row) != table(row)


def test_a_moment_is_not_a_moment_with_a_zone_or_a_text() -> None:
    moment = datetime(2026, 7, 1)  # noqa: DTZ001  (as the engines give it)
    assert table(("a", moment, "x")) != table(("a", moment.astimezone(), "x"))
    assert table(("a", moment, "x")) != table(("a", str(moment), "x"))


def test_numbers_are_shown_and_texts_are_not() -> None:
    ours = table(("a", Decimal("1.00"), "one@example.com"))
    theirs = table(("a", Decimal("1.01"), "two@example.com"))
    assert told(ours, theirs) == ["contact_id=a: points (1.00 and 1.01), email (text)"]


def test_a_row_on_one_side_says_on_which() -> None:
    ours, theirs = table(("a", 1, "x")), table(("b", 1, "x"))
    assert told(ours, theirs) == [
        "contact_id=a: on DuckDB only",
        "contact_id=b: on PostgreSQL only",
    ]


def test_other_columns_are_named() -> None:
    theirs = table(("a", 1), columns=("contact_id", "score"))
    assert "score" in told(table(("a", 1, "x")), theirs)[0]
