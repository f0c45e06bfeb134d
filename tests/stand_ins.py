"""Every destination before its sandbox, opened by its own connector, and ways to look at both.

A destination that is new needs an entry in CASES: how to name a row, and how to read it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from sync.changes import Change, Destination, Field, FieldType, Operation
from sync.destinations import DESTINATIONS
from sync.http import HttpClient
from sync.sandbox import Limit, Sandbox

PEOPLE = 30
FIELDS = (
    Field("score", "decile_score", "integer", "Lead score", "1 to 100."),
    Field("value", "decile_value", "number", "Value", "In euro."),
    Field("is_hot", "decile_is_hot", "boolean", "Is hot", "Band is hot."),
    Field("scored_on", "decile_scored_on", "date", "Scored on", "Which day."),
    Field("scored_at", "decile_scored_at", "timestamp", "Scored at", "When."),
    Field("note", "decile_note", "string", "Note", "Any text."),
)
TYPES: Mapping[str, FieldType] = {field.name: field.type for field in FIELDS}


@dataclass(frozen=True)
class StandIn:
    """An open destination, its sandbox, and the seconds that it slept."""

    destination: Destination
    account: str
    sandbox: Sandbox
    naps: list[float]

    def fault(self, kind: str, **settings: object) -> None:
        body = {"kind": kind, **settings}
        requests.post(f"{self.sandbox.url}/sandbox/faults", json=body, timeout=5).raise_for_status()

    def no_faults(self) -> None:
        requests.delete(f"{self.sandbox.url}/sandbox/faults", timeout=5).raise_for_status()

    def get(self, what: str) -> Any:
        return requests.get(f"{self.sandbox.url}/sandbox/{what}", timeout=5).json()

    def writes(self) -> list[dict[str, Any]]:
        """Give the calls that held rows."""
        return [call for call in self.get("calls")["calls"] if call["rows"]]


@dataclass(frozen=True)
class Case:
    """What the tests have to know of one destination."""

    record_id: Callable[[int], str | None]
    stored: Callable[[StandIn, int], Mapping[str, object] | None]
    shown: Callable[[str | None, FieldType], object]


def hubspot_contact(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    found = requests.get(
        f"{stand_in.sandbox.url}/crm/objects/2026-09/contacts/{number}",
        params={"properties": ",".join(["email", *TYPES])},
        headers={"Authorization": f"Bearer {stand_in.sandbox.token}"},
        timeout=5,
    )
    if found.status_code == 404:
        return None
    properties = found.json()["properties"]
    return {name: value for name, value in properties.items() if name in TYPES}


def hook_row(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    row = stand_in.get("hooks")["rows"].get(f"k{number}")
    return None if row is None else dict(row["fields"])


def native(text: str | None, kind: FieldType) -> object:
    if text is None:
        return None
    if kind == "boolean":
        return text == "true"
    return {"integer": int, "number": float}.get(kind, str)(text)


CASES = {
    # HubSpot holds text only, and knows no difference between empty and nothing.
    "hubspot": Case(str, hubspot_contact, lambda text, _kind: text or None),
    "webhook": Case(lambda number: f"r{number}", hook_row, native),
}


def change(
    destination: str,
    number: int,
    operation: Operation = "update",
    fields: Mapping[str, str | None] | None = None,
    *,
    token: str = "",
) -> Change:
    """Give a change of a record that the sandbox has from the start."""
    return Change(
        token or f"{operation}{number}",
        f"k{number}",
        operation,
        CASES[destination].record_id(number),
        f"c{number}",
        {"decile_score": "7"} if fields is None else fields,
        TYPES,
    )


@contextmanager
def standing_in(
    destination: str, folder: Path, patch: pytest.MonkeyPatch, limit: Limit | None = None
) -> Iterator[StandIn]:
    """Open a destination as the commands do; nobody really sleeps."""
    naps: list[float] = []
    records = folder / "records.csv"
    rows = [f"{number},person{number}@example.com" for number in range(1, PEOPLE + 1)]
    records.write_text("\n".join(["id,property_email", *rows]), encoding="utf-8")
    defaults = HttpClient.__init__.__kwdefaults__
    patch.setitem(defaults, "sleep", naps.append)
    patch.setitem(defaults, "clock", lambda: sum(naps))
    with Sandbox(
        state=folder / "state.sqlite", records=records, limit=limit, clock=lambda: sum(naps)
    ) as sandbox:
        settings = {
            "DECILE_SANDBOX_URL": sandbox.url,
            "DECILE_RATES": str(folder / "rates.sqlite"),
        }
        with DESTINATIONS[destination].connect(settings) as connection:
            yield StandIn(connection.destination, connection.account, sandbox, naps)
