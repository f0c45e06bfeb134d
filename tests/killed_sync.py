"""`decile sync` in a process that kills itself, as `kill -9` would, at the step that it is told."""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

# Imported once, by the server that the processes are forked from.
import dbt.adapters.duckdb  # noqa: F401  (for its seconds)
import dbt.cli.main  # noqa: F401  (for its seconds)

import sync.session  # noqa: F401  (for its seconds)
from sync.cli import app
from sync.destinations import hubspot
from sync.http import HttpClient
from sync.ledger import Ledger
from sync.warehouse import Warehouse

STEPS_FILE = "steps"
ROWS_A_CALL = 2
STEPPED = (
    (Warehouse, "keep_for_session"),
    (Warehouse, "session_rows"),
    (Warehouse, "insert"),
    (Ledger, "add_run"),
    (Ledger, "add_outcomes"),
    (HttpClient, "_exchange"),
    (hubspot.HubSpotContacts, "push"),
)


def sync_until(folder: Path, last_step: int | None, environment: dict[str, str]) -> None:
    """Run the command in a project; die at `last_step`, and without one count the steps."""
    os.environ.update(environment)
    os.chdir(folder)
    hubspot.MAX_BATCH = ROWS_A_CALL
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1
        if taken == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name in STEPPED:
        setattr(owner, name, stepped(getattr(owner, name), step))
    Warehouse.transaction = stepped_at_its_end(Warehouse.transaction, step)
    try:
        app(["sync"])
    finally:
        Path(STEPS_FILE).write_text(str(taken))


def stepped(function: Any, step: Any) -> Any:
    """Take a step before a function and one after it."""

    @functools.wraps(function)
    def with_steps(*args: Any, **options: Any) -> Any:
        step()
        result = function(*args, **options)
        step()
        return result

    return with_steps


def stepped_at_its_end(transaction: Any, step: Any) -> Any:
    """Take a step before a transaction is committed and one after it."""

    @contextmanager
    def with_steps(warehouse: Warehouse) -> Iterator[None]:
        inner: AbstractContextManager[None] = transaction(warehouse)
        with inner:
            yield
            step()
        step()

    return with_steps
