"""Pipedrive activities: one for each row, such as a call to make, and never two.

The API cannot be told to make an activity once, so each note ends with a reference, by which an
activity whose answer got lost is found again before another is made.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sync.changes import Change, Field, FieldType, Finding, Outcome, SetupStep
from sync.destinations.one_by_one import one_by_one
from sync.destinations.pipedrive import CALLS_PER_WINDOW, MAX_BATCH, Records, capabilities
from sync.destinations.pipedrive_fields import items, pages
from sync.errors import BatchRefused, ConfigError
from sync.http import HttpClient

PATH = "/activities"
LATEST = "100"
# What a row may set, and the type of the column.
FIELDS: Mapping[str, frozenset[FieldType]] = {
    "person_id": frozenset({"integer", "string"}),
    "deal_id": frozenset({"integer", "string"}),
    "owner_id": frozenset({"integer", "string"}),
    "subject": frozenset({"string"}),
    "type": frozenset({"string"}),
    "due_date": frozenset({"date", "string"}),
    "due_time": frozenset({"string"}),
    "note": frozenset({"string"}),
}
IDS = frozenset({"person_id", "deal_id", "owner_id"})
# The settings of a sync, which every activity gets that has no value of its own.
SETTINGS = ("subject", "type", "owner_id")


class PipedriveActivities:
    """The activities of one Pipedrive company. `defaults` are fields that each one gets."""

    name = "pipedrive"

    def __init__(
        self,
        http: HttpClient,
        *,
        defaults: Mapping[str, str],
        calls_per_window: int = CALLS_PER_WINDOW,
    ) -> None:
        self._http = http
        self._activities = Records(http, PATH)
        self._defaults = defaults
        self.capabilities = capabilities(frozenset({"append"}), calls_per_window)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Make one activity after the other."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Pipedrive takes {MAX_BATCH} rows a batch, not {len(changes)}.")
        return one_by_one(changes, self._write)

    def check(self) -> list[Finding]:
        """Read one activity."""
        self._http.get(PATH, query={"limit": "1"})
        return [
            Finding("token", ok=True, detail="accepted"),
            Finding("activities", ok=True, detail="can be read; a right to write shows at a write"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which fields an activity has: there is nothing to create."""
        return [_step(field) for field in fields]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Do nothing but compare."""
        return self.plan_setup(fields)

    def _write(self, change: Change) -> Outcome:
        if change.operation == "erase":
            return self._erase(change)
        sent = {name: text for name, text in change.fields.items() if text}
        fields = {**self._defaults, **sent}
        body = _body(change, fields)
        latest = items(self._http.get(PATH, query=_of(fields["person_id"])).get("data"))
        known = next(_with_mark(change, latest), None) or self._activities.create(body)
        return Outcome(change.token, "accepted", known)

    def _erase(self, change: Change) -> Outcome:
        """Delete by id, or else what has the mark of the row among all that its person has."""
        people = {str(sent["person_id"]) for sent in change.sent if sent.get("person_id")}
        known = [change.record_id] if change.record_id else []
        if not known and not people:
            why = "It is not known whose activity it was."
            return Outcome(change.token, "rejected", None, "NO_IDENTIFIER", why)
        for person in sorted(people) if not known else ():
            known += _with_mark(change, pages(self._http, PATH, _of(person)))
        for name in known:
            self._activities.delete(name)
        return Outcome(change.token, "accepted", next(iter(known), None))


def _of(person: str) -> dict[str, str]:
    """Give the query for the activities of a person, the latest first."""
    return {"person_id": person, "sort_by": "id", "sort_direction": "desc", "limit": LATEST}


def _with_mark(change: Change, activities: Iterable[Mapping[str, object]]) -> Iterator[str]:
    mark = reference(change.key)
    return (str(one.get("id")) for one in activities if mark in str(one.get("note")))


def reference(key: str) -> str:
    """Give the mark of a row. The key itself might be personal."""
    return f"decile-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _body(change: Change, fields: Mapping[str, str]) -> dict[str, object]:
    for name in sorted({*fields, "person_id", "subject"}):
        text = fields.get(name, "")
        if name not in FIELDS:
            raise BatchRefused(f"Pipedrive: activities have no {name}.", code="UNKNOWN_FIELD")
        if not text:
            raise BatchRefused(f"Pipedrive: an activity needs a {name}.", code="FIELD_MISSING")
        if name in IDS and not re.fullmatch(r"[0-9]{1,18}", text):
            raise BatchRefused(f"Pipedrive: {name} is no id of Pipedrive's.", code="NO_RECORD_ID")
    body: dict[str, object] = {
        name: int(text) if name in IDS else text
        for name, text in fields.items()
        if name not in ("person_id", "note")
    }
    note = f"{fields['note']}<br>" if "note" in fields else ""
    body["note"] = f"{note}{reference(change.key)}"
    body["participants"] = [{"person_id": int(fields["person_id"]), "primary": True}]
    return body


def _step(field: Field) -> SetupStep:
    if field.name not in FIELDS:
        return SetupStep(field.name, "conflict", f"activities have {', '.join(FIELDS)}, not this.")
    if field.type not in FIELDS[field.name]:
        return SetupStep(field.name, "conflict", f"takes no {field.type}.")
    return SetupStep(field.name, "exists", "a field that every activity has")
