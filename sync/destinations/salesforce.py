"""Salesforce leads, contacts and tasks: up to 200 a call, thousands by one job of the Bulk API.

A record whose id is known is updated by it; another one is upserted on an external id field of
ours, so that every call may be repeated without harm. Where a new record is given fields of its
own, those that exist are looked up first, and updated by their ids. A removal clears the fields
that were sent. An erasure deletes the record, which Salesforce keeps in the recycle bin for 15
days.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sync.answers import Answer
from sync.changes import Change, Field, FieldType, Finding, Outcome, SetupStep
from sync.destinations import salesforce_setup
from sync.destinations.in_calls import in_calls
from sync.destinations.salesforce_answers import classify as classify
from sync.destinations.salesforce_answers import gone, items_of, read_outcomes
from sync.destinations.salesforce_bulk import CLEARED, Bulk
from sync.destinations.salesforce_kinds import (
    MAX_BATCH,
    ROWS_PER_CALL,
    Kind,
    Options,
    capabilities,
)
from sync.errors import ConfigError
from sync.http import HttpClient

KEYS_PER_QUERY = 100
UNQUOTED: frozenset[FieldType] = frozenset({"integer", "number", "boolean"})
# Without it an update of a score hands the lead to whom the assignment rules name.
HEADERS = {"Sforce-Auto-Assign": "FALSE"}

Value = str | int | float | bool | None


class Salesforce:
    """One kind of record of one org. `bulk` takes the batches that are worth a job."""

    name = "salesforce"

    def __init__(self, http: HttpClient, bulk: Bulk, kind: Kind, options: Options) -> None:
        self._http = http
        self._bulk = bulk
        self._kind = kind
        self._options = options
        self._root = f"/services/data/v{options.version}"
        self._external_id = options.external_id
        self._existing: frozenset[str] | None = None
        self.capabilities = capabilities(kind, options.calls_per_minute)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write one batch; known records by their id, the others on the external id."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Salesforce takes {MAX_BATCH:,} rows a batch, not {len(changes):,}.")
        outcomes = [_nameless(change) for change in changes if not self._name(change)]
        given = [change for change in changes if self._name(change)]
        ending = [change for change in given if change.operation in ("remove", "erase")]
        named = self._told_apart([change for change in given if change not in ending])
        named += [self._with_what_exists(change) for change in self._found(ending)]
        there = {change.token for change in named}
        # What is not there is as good as removed.
        outcomes += [Outcome(one.token, "accepted") for one in given if one.token not in there]
        for write, part in self._calls(named):
            outcomes += self._write(write, part)
        by_token = {outcome.token: outcome for outcome in outcomes}
        return [by_token[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Read what the object looks like to the app's user, and what is left of the calls."""
        return salesforce_setup.check(self._http, self._root, self._kind.object, self._external_id)

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which fields are there, missing, or there with a type that does not fit."""
        return self._setup().plan(fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the fields that are missing, if the settings allow it; change nothing else."""
        return self._setup().apply(fields)

    def _setup(self) -> salesforce_setup.Setup:
        return salesforce_setup.Setup(
            self._http,
            self._root,
            self._kind.object,
            self._external_id,
            creates=self._options.creates_fields,
        )

    def _calls(
        self, changes: Sequence[Change]
    ) -> list[tuple[Callable[[Sequence[Change]], list[Outcome]], list[Change]]]:
        """Sort changes by call: one call names all its records in one way."""
        erased = [change for change in changes if change.operation == "erase"]
        written = [change for change in changes if change.operation != "erase"]
        known = [change for change in written if change.record_id]
        new = [change for change in written if not change.record_id]
        calls = [(self._erase, erased), (self._update, known), (self._upsert, new)]
        return [(write, part) for write, part in calls if part]

    def _write(
        self, write: Callable[[Sequence[Change]], list[Outcome]], changes: Sequence[Change]
    ) -> list[Outcome]:
        if write != self._erase and self._is_for_bulk(changes):
            key = "Id" if write == self._update else self._external_id
            rows = [{key: self._name(change), **self._texts(change)} for change in changes]
            return self._bulk.write(changes, rows, key=key)
        return in_calls(changes, ROWS_PER_CALL, write, record=self._name)

    def _is_for_bulk(self, changes: Sequence[Change]) -> bool:
        """A job is worth it for many rows; it takes no record twice, nor a text that clears."""
        return (
            len(changes) >= self._options.bulk_from
            and len({self._name(change) for change in changes}) == len(changes)
            and not any(CLEARED in change.fields.values() for change in changes)
        )

    def _update(self, changes: Sequence[Change]) -> list[Outcome]:
        return self._send(f"{self._root}/composite/sobjects", "id", changes)

    def _upsert(self, changes: Sequence[Change]) -> list[Outcome]:
        path = f"{self._root}/composite/sobjects/{self._kind.object}/{self._external_id}"
        return self._send(path, self._external_id, changes)

    def _send(self, path: str, key: str, changes: Sequence[Change]) -> list[Outcome]:
        records = [
            {
                "attributes": {"type": self._kind.object},
                key: self._name(change),
                **self._values(change),
            }
            for change in changes
        ]
        answer = self._http.send(
            "PATCH",
            path,
            body={"allOrNone": False, "records": records},
            headers=HEADERS,
            idempotent=True,
            lists=True,
        )
        return read_outcomes(changes, answer)

    def _erase(self, changes: Sequence[Change]) -> list[Outcome]:
        """Delete by id, and where that is gone what has the external id."""
        answer = self._delete(changes)
        outcomes = read_outcomes(changes, answer)
        moved = self._elsewhere(gone(changes, answer))
        again = in_calls(
            moved,
            ROWS_PER_CALL,
            lambda part: read_outcomes(part, self._delete(part)),
            record=self._name,
        )
        by_token = {outcome.token: outcome for outcome in again}
        return [by_token.get(outcome.token, outcome) for outcome in outcomes]

    def _elsewhere(self, changes: Sequence[Change]) -> list[Change]:
        left = {change.record_id for change in changes}
        named = [replace(change, record_id=None) for change in changes if self._own_key(change)]
        return [change for change in self._found(named) if change.record_id not in left]

    def _delete(self, changes: Sequence[Change]) -> Answer:
        ids = ",".join(str(change.record_id) for change in changes)
        return self._http.send(
            "DELETE",
            f"{self._root}/composite/sobjects",
            query={"ids": ids, "allOrNone": "false"},
            idempotent=True,
            lists=True,
        )

    def _found(self, changes: Sequence[Change]) -> Iterator[Change]:
        """Give the changes with the id of their record; those without a record are left out."""
        yield from (change for change in changes if change.record_id)
        unknown = [change for change in changes if not change.record_id]
        for start in range(0, len(unknown), KEYS_PER_QUERY):
            part = unknown[start : start + KEYS_PER_QUERY]
            ids = self._ids([self._own_key(change) for change in part])
            for change in part:
                if record_id := ids.get(self._own_key(change).lower()):
                    yield replace(change, record_id=record_id)

    def _told_apart(self, changes: Sequence[Change]) -> list[Change]:
        """Look up whom only a new record's fields must not reach; an upsert does not ask."""
        careful = [change for change in changes if change.only_new]
        there = {change.token: change.for_known() for change in self._found(careful)}
        return [
            there.get(change.token, change.for_new()) if change.only_new else change
            for change in changes
        ]

    def _ids(self, keys: Sequence[str]) -> dict[str, str]:
        quoted = ",".join("'" + re.sub(r"([\\'])", r"\\\1", key) + "'" for key in keys)
        query = (
            f"SELECT Id, {self._external_id} FROM {self._kind.object}"  # noqa: S608  (quoted above)
            f" WHERE {self._external_id} IN ({quoted})"
        )
        found = self._http.get(f"{self._root}/query", query={"q": query})
        records = items_of(found.get("records"))
        return {str(one.get(self._external_id)).lower(): str(one.get("Id")) for one in records}

    def _with_what_exists(self, change: Change) -> Change:
        """Clear no field that was deleted in Salesforce after it was written."""
        if change.operation == "erase":
            return change
        if self._existing is None:
            self._existing = frozenset(
                salesforce_setup.described(self._http, self._root, self._kind.object)
            )
        there = {name: None for name in change.fields if name in self._existing}
        return replace(change, fields=there)

    def _name(self, change: Change) -> str:
        return change.record_id or self._own_key(change)

    def _own_key(self, change: Change) -> str:
        return change.key if self._kind.is_appended else change.unique_key

    def _texts(self, change: Change) -> dict[str, str | None]:
        """Give the fields as text; a checkbox is never empty, and the key is not sent twice."""
        fields = {**self._options.defaults, **change.fields}
        if change.record_id:
            fields = dict(change.fields)
        else:
            fields.pop(self._external_id, None)
        return {
            name: "false" if value is None and change.types.get(name) == "boolean" else value
            for name, value in fields.items()
        }

    def _values(self, change: Change) -> dict[str, Value]:
        return {
            name: json.loads(value)
            if value is not None and change.types.get(name) in UNQUOTED
            else value
            for name, value in self._texts(change).items()
        }


def _nameless(change: Change) -> Outcome:
    message = "Salesforce: a record without an id needs a value in the unique key."
    return Outcome(change.token, "rejected", None, "NO_KEY", message)
