"""The audiences of a project: how many are in each, what they share, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from sync.session import Session
from sync.show_scores import plain_table, show_heading

Json = dict[str, Any]
_QUERIES = {
    "sizes": "select * from {} order by members desc, audience",
    "overlaps": "select * from {} order by shared_members desc, audience, other_audience",
    "lift": "select * from {} order by audience, is_holdout, arm",
}


def read_audiences(session: Session) -> dict[str, list[Json]]:
    """Read sizes, overlaps and lift of every audience that is on."""
    return {
        name: list(session.warehouse.rows(query.format(session.table(f"audience_{name}"))))
        for name, query in _QUERIES.items()
    }


def show_audiences(console: Console, found: dict[str, list[Json]]) -> None:
    """Print a table for each of the three."""
    show_heading(console, "Audiences")
    table = _numbers("audience", "members", "held out", "in 7 days", "out 7 days")
    for row in found["sizes"]:
        names = ("members", "held_out", "entered_7d", "left_7d")
        table.add_row(row["audience"], *(f"{row[name]:,}" for name in names))
    console.print(table)
    _overlaps(console, found["overlaps"])
    show_heading(console, "Who converted after entering")
    table = _numbers("audience", "entries", "converted", "share", "times the held out")
    for row in found["lift"]:
        name = row["audience"] if row["arm"] == "all" else f"{row['audience']}, {row['arm']}"
        times = "–" if row["lift"] is None or row["is_holdout"] else f"{row['lift']}×"
        counts = (f"{row['entries']:,}", f"{row['converted']:,}", f"{row['conversion_rate']:.1%}")
        table.add_row(name, *counts, times)
    console.print(table)


def _overlaps(console: Console, overlaps: Sequence[Json]) -> None:
    show_heading(console, "Who is in two of them")
    seen: set[frozenset[str]] = set()
    table = _numbers("audiences", "members of both")
    for row in overlaps:
        pair = frozenset((row["audience"], row["other_audience"]))
        if pair not in seen:
            table.add_row(" and ".join(sorted(pair)), f"{row['shared_members']:,}")
        seen.add(pair)
    console.print(table if seen else "Nobody.")


def _numbers(first: str, *others: str) -> Table:
    table = plain_table(first, *others)
    for column in table.columns[1:]:
        column.justify = "right"
    return table
