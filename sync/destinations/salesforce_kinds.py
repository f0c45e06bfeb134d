"""The kinds of record that Salesforce is written to, what can be done with each, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.changes import Capabilities, Mode

ROWS_PER_CALL = 200
MAX_BATCH = 10_000
RECORDS: frozenset[Mode] = frozenset({"update", "upsert", "create", "mirror"})


@dataclass(frozen=True)
class Kind:
    """A kind of record: its name in the API, and what can be done with it."""

    object: str
    modes: frozenset[Mode] = RECORDS

    @property
    def is_appended(self) -> bool:
        """Tell whether a row becomes a record of its own, such as a task."""
        return "append" in self.modes


KINDS: Mapping[str, Kind] = {
    "leads": Kind("Lead"),
    "contacts": Kind("Contact"),
    "tasks": Kind("Task", frozenset({"append"})),
}


def capabilities(kind: Kind, calls_per_minute: int = 300) -> Capabilities:
    """Say what can be done with a kind of record, at a number of calls a minute."""
    return Capabilities(
        modes=kind.modes,
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_minute * ROWS_PER_CALL / 60,
        removal=None if kind.is_appended else "clear",
        erases=True,
        max_in_flight=4,
        rows_per_call=ROWS_PER_CALL,
    )


@dataclass(frozen=True)
class Options:
    """What can be chosen. `defaults` are values that every new task gets."""

    version: str = "68.0"
    external_id: str = "Decile_Key__c"
    bulk_from: int = 2_000
    calls_per_minute: int = 300
    creates_fields: bool = False
    defaults: Mapping[str, str] = field(default_factory=dict)
