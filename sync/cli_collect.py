"""The command that asks later what became of what was sent."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sync.console import AsJson, OneSync, ProjectDir, Target, aside, command, out, print_json

if TYPE_CHECKING:
    from sync.collect import Found


def collect(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (Typer reads options off the signature)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Ask what became of calls that a destination works off later: match rate, failed rows.

    Exit 1 if rows came to nothing, or if a call could not be asked about or is too old to be.
    """
    from sync.changes import Collects
    from sync.collect import UNANSWERED, UNKNOWN
    from sync.collect import collect as ask
    from sync.session import connect, open_session

    found: list[Found] = []
    with command(project_dir), open_session(target) as session:
        for chosen in session.chosen(sync):
            with connect(chosen.meta.destination, chosen.goes_to, aside) as connection:
                if isinstance(connection.destination, Collects):
                    found += ask(chosen, session.ledger(connection), connection.destination)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        _show(found)
    if any(one.failed or one.status in (UNANSWERED, UNKNOWN) for one in found):
        raise typer.Exit(1)


def _show(found: list[Found]) -> None:
    from rich.table import Table

    if not found:
        out().print("No call waits for an answer.")
        return
    table = Table("sync", "account", "sent (UTC)", "status", "rows", "matched", "failed")
    for one in found:
        counts = (f"{one.rows:,}", one.match_rate or "–", f"{one.failed:,}")
        table.add_row(one.sync, one.account, one.sent_at[:16], one.status, *counts)
    out().print(table)
    for message in sorted({one.error for one in found if one.error}):
        aside(message)
