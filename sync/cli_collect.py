"""The command that asks later what became of what was sent."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sync.console import (
    AsJson,
    OneSync,
    ProjectDir,
    Target,
    aside,
    command,
    out,
    print_json,
    show_error,
)
from sync.errors import ConfigError

if TYPE_CHECKING:
    from sync.collect import Found


def collect(
    sync: OneSync = None,
    as_json: AsJson = False,  # noqa: FBT002  (Typer reads options off the signature)
    project_dir: ProjectDir = Path(),
    target: Target = None,
) -> None:
    """Ask what became of calls that a destination works off later: match rate, failed rows.

    Exit 1 if rows came to nothing, or if a call could not be asked about or is too old to be;
    exit 2 if the settings lead to another place than the one that was called.
    """
    from sync.changes import Collects
    from sync.collect import UNANSWERED, UNKNOWN
    from sync.collect import collect as ask
    from sync.session import connect, open_session

    found: list[Found] = []
    codes = [0]
    with command(project_dir), open_session(target) as session:
        for chosen in session.chosen(sync):
            with connect(chosen.meta.destination, chosen.goes_to, aside) as connection:
                if not isinstance(connection.destination, Collects):
                    continue
                try:
                    session.place(chosen, connection, moved=False, tell=aside)
                except ConfigError as error:
                    show_error(error)
                    codes.append(error.exit_code)
                    continue
                found += ask(chosen, session.ledger(connection), connection.destination)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        _show(found)
    if any(one.failed or one.status in (UNANSWERED, UNKNOWN) for one in found):
        codes.append(1)
    raise typer.Exit(max(codes))


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
