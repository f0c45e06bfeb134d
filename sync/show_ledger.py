"""What a person sees of the ledger: the state of each sync, and the rows that were not accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.show import coloured

Json = dict[str, Any]

_STATES = ("accepted", "rejected", "pending")


def show_status(console: Console, rows: Sequence[Json]) -> None:
    """Print the last run of each sync, and how many rows are in each state."""
    if not rows:
        console.print("Nothing was synced yet. Start with: decile plan")
        return
    table = _table("sync", "account", "last run (UTC)", "result", right=("sent", *_STATES))
    for row in rows:
        counts = (row["sent"], *(row["rows"].get(name, 0) for name in _STATES))
        words = (row["sync"], row["account"], row["at"][:16], coloured(row["status"]))
        table.add_row(*words, *(f"{count:,}" for count in counts))
    console.print(table)
    for row in rows:
        for line in _notes(row):
            console.print(f"{row['sync']} → {row['account']}: {line}", markup=False, soft_wrap=True)


def _notes(row: Json) -> list[str]:
    notes = []
    if row["status"] != "succeeded":
        notes.append(f"last success: {(row['last_success'] or 'never')[:16]}")
    if row["resumes_at"]:
        notes.append(f"a quota is used up until {row['resumes_at'][:16]} UTC")
    notes += [f"being sent by {held['by']} since {held['since'][11:16]}" for held in row["held_by"]]
    notes += [f"alert: {alert.replace('_', ' ')}" for alert in row["alerts"]]
    return notes


def show_rejections(console: Console, rows: Sequence[Json]) -> None:
    """Print each error code with its rows, the destination's words and a few keys."""
    if not rows:
        console.print("Every row that was sent was accepted.")
        return
    for row in rows:
        console.print(f"\n[bold]{row['sync']}[/] → {row['account']}: {row['rows']:,} rows ", end="")
        console.print(coloured(row["state"]), Text(row["error_code"], style="yellow"))
        if row["message"]:
            console.print(f"  {row['message']}", markup=False, soft_wrap=True)
        tries = f"{row['attempts']:,} {'try' if row['attempts'] == 1 else 'tries'} at most"
        keys = ", ".join(row["keys"]) + (", …" if row["rows"] > len(row["keys"]) else "")
        console.print(f"  since {row['since'][:16]} UTC, {tries}; keys: {keys}", markup=False)
    console.print("\nThe next run sends them again; only them: decile retry")


def _table(*headings: str, right: Sequence[str]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    for heading in right:
        table.add_column(heading, justify="right")
    return table
