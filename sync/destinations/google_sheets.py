"""Rows of a tab in Google Sheets, each found by the key in a column of its own.

A push reads the header and the column of keys, then writes whole rows: values, never formulas.
A row that is new goes below the last one with a key. A removal deletes the row. A write names its
cells, so it may be repeated; a deletion may not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.answers import Answer, retry_after
from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations.google_sheets_tab import SETUP, Cell, Tab, Table
from sync.destinations.values import values
from sync.errors import AccessRefused, ConfigError, DestinationError, Retriable
from sync.http import HttpClient

MAX_BATCH = 500
MAX_CELL = 50_000
CALLS_PER_BATCH = 3  # header, keys, cells
KEY_COLUMN = "decile_key"
WINDOW_SECONDS = 60.0
SLOWER_SECONDS = 20.0  # where Google says only that it was too fast


def capabilities(calls_per_minute: int = 90) -> Capabilities:
    """Say what a tab can do, at a number of calls a minute."""
    return Capabilities(
        modes=frozenset({"upsert", "create", "mirror", "append"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_minute * MAX_BATCH / CALLS_PER_BATCH / WINDOW_SECONDS,
        removal="delete",
        erases=True,
    )


class GoogleSheetRows:
    """The rows of one tab."""

    name = "google_sheets_rows"

    def __init__(
        self,
        http: HttpClient,
        tab: Tab,
        *,
        key_column: str = KEY_COLUMN,
        calls_per_minute: int = 90,
    ) -> None:
        self._http = http
        self._tab = tab
        self._key_column = key_column
        self.capabilities = capabilities(calls_per_minute)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write, or delete, the rows of one batch."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Google Sheets takes {MAX_BATCH} rows a batch, not {len(changes)}.")
        rejected = {one.token: _too_long(one) for one in changes if _long_fields(one)}
        changes_left = [one for one in changes if one.token not in rejected]
        gone = [one for one in changes_left if one.operation in {"remove", "erase"}]
        written = [one for one in changes_left if one.operation not in {"remove", "erase"}]
        if self._key_column in {name for one in written for name in one.fields}:
            raise ConfigError(f"Google Sheets: {self._key_column} is the column of the key.")
        if changes_left:
            titles = {name: None for one in written for name in one.fields}
            table = self._tab.read(self._key_column, titles)
            self._write(table, written)
            self._delete(table, gone)
        return [
            rejected.get(one.token) or Outcome(one.token, "accepted", one.key) for one in changes
        ]

    def check(self) -> list[Finding]:
        """Read the tabs and the header."""
        grids = self._tab.grids()
        findings = [
            Finding("token", ok=True, detail="accepted"),
            Finding("spreadsheet", ok=True, detail=f"{len(grids)} tabs can be read"),
        ]
        missing = [step for step in self._tab.plan(self._key_column, ()) if step.action != "exists"]
        detail = f"not as needed: {', '.join(step.name for step in missing)}. {SETUP}"
        there = "is there; a right to write shows at a write"
        return [*findings, Finding("tab", ok=not missing, detail=detail if missing else there)]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the tab, its frozen header and its columns are there."""
        return self._tab.plan(self._key_column, fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Make what is missing; move and rename nothing."""
        return self._tab.apply(self._key_column, fields)

    def _write(self, table: Table, changes: Sequence[Change]) -> None:
        following, rows = table.last + 1, []
        for change in changes:
            numbers = table.rows.get(change.key, ())
            if not numbers:
                numbers, following = [following], following + 1
            cells = self._cells(table.columns, change)
            rows += [(number, cells) for number in numbers]
        if following > table.last + 1:
            self._tab.grow(following - 1)
        if rows:
            self._tab.write(rows)

    def _delete(self, table: Table, changes: Sequence[Change]) -> None:
        numbers = [number for change in changes for number in table.rows.get(change.key, ())]
        if numbers:
            self._tab.delete(numbers)

    def _cells(self, columns: Mapping[str, int], change: Change) -> dict[int, Cell]:
        """Give the cells of a row. The key is always among them; an empty text clears."""
        cells: dict[int, Cell] = {
            columns[name]: "" if value is None else value for name, value in values(change).items()
        }
        return cells | {columns[self._key_column]: change.key}


def _long_fields(change: Change) -> list[str]:
    return [name for name, text in change.fields.items() if len(text or "") > MAX_CELL]


def _too_long(change: Change) -> Outcome:
    names = ", ".join(_long_fields(change))
    message = f"Google Sheets: a cell takes {MAX_CELL:,} characters, and {names} has more."
    return Outcome(change.token, "rejected", change.record_id, "CELL_TOO_LONG", message)


def classify(answer: Answer) -> DestinationError | None:
    """Say what Google Sheets means by a status. None: what the status means everywhere."""
    error = (answer.body or {}).get("error")
    status = error.get("status") if isinstance(error, Mapping) else None
    if answer.status == 429 or status == "RESOURCE_EXHAUSTED":
        return Retriable(f"{answer}.", retry_after=retry_after(answer) or SLOWER_SECONDS)
    if answer.status == 403:
        return AccessRefused(
            f"{answer}: share the spreadsheet with the address of the service account, as an"
            " editor, and enable the Google Sheets API in its project."
        )
    if answer.status == 404:
        return AccessRefused(f"{answer}: there is no such spreadsheet. Check `spreadsheet`.")
    if answer.status == 400 and answer.method == "GET":
        return AccessRefused(f"{answer}: the tab is not there. {SETUP} makes it.")
    return None
