"""Marketo leads (people): up to 300 a call, whatever happened is in the body of a 200.

A lead whose id is known is updated by it; another one is looked up by the value of one field,
the e-mail address unless said otherwise, and created if nobody has it. A removal clears the
fields that were sent. These calls set values and repeat without harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.changes import (
    Capabilities,
    Change,
    Field,
    FieldType,
    Finding,
    Outcome,
    SetupStep,
)
from sync.destinations import marketo_setup
from sync.destinations.addresses import having
from sync.destinations.marketo_answers import (
    EXISTS,
    NOT_FOUND,
    gone_is_done,
    items,
    no_number,
    read_outcomes,
    refused,
)
from sync.destinations.one_by_one import one_by_one
from sync.destinations.values import Value, value
from sync.errors import BatchRefused, ConfigError
from sync.http import HttpClient

MAX_BATCH = 300
WINDOW_SECONDS = 20.0
LEADS = "/rest/v1/leads.json"
DELETE = "/rest/v1/leads/delete.json"
EMAIL = "email"


def capabilities(calls_per_window: int = 90, *, lookup_field: str = EMAIL) -> Capabilities:
    """Say what Marketo leads can do, at a number of calls in twenty seconds."""
    return Capabilities(
        modes=frozenset({"update", "upsert", "create", "mirror"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_window * MAX_BATCH / WINDOW_SECONDS,
        removal="clear",
        erases=True,
        consent_for_new="email_marketing",
        found_by=frozenset({lookup_field}),
        max_in_flight=4,
    )


class MarketoLeads:
    """The leads of one subscription."""

    name = "marketo_leads"

    def __init__(
        self,
        http: HttpClient,
        *,
        lookup_field: str = EMAIL,
        partition: str = "",
        calls_per_window: int = 90,
    ) -> None:
        self._http = http
        self._lookup_field = lookup_field
        self._partition = {"partitionName": partition} if partition else {}
        self._existing: frozenset[str] | None = None
        self.capabilities = capabilities(calls_per_window, lookup_field=lookup_field)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write one batch; known leads by their id, the others on the lookup field."""
        _check(changes)
        outcomes = [refused(one, why) for one in changes if (why := self._problem(one))]
        unsent = {outcome.token for outcome in outcomes}
        given = [change for change in changes if change.token not in unsent]
        outcomes += one_by_one([one for one in given if one.operation == "erase"], self._erase)
        calls: dict[tuple[str, str], list[Change]] = {}
        for change in given:
            if change.operation == "remove" and not self._fields(change):
                outcomes.append(Outcome(change.token, "accepted", change.record_id))
            elif change.operation != "erase":
                calls.setdefault(self._call(change), []).append(change)
        for (action, field), part in calls.items():
            write = self._create if action == "createOnly" else self._write
            outcomes += write(action, field, part)
        by_token = {outcome.token: outcome for outcome in outcomes}
        return [by_token[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Read the fields and look for a lead, which takes the rights to read both."""
        found = marketo_setup.by_name(self._http)
        self._http.get(LEADS, query={"filterType": "id", "filterValues": "1", "fields": "id"})
        steps = [
            Finding("token", ok=True, detail="accepted"),
            Finding("fields", ok=True, detail=f"{len(found):,} can be read"),
            Finding("leads", ok=True, detail="can be read; a right to write shows at a write"),
        ]
        if self._lookup_field not in found:
            detail = f"MARKETO_LOOKUP_FIELD: there is no field {self._lookup_field}"
            steps.append(Finding("lookup field", ok=False, detail=detail))
        return steps

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which fields are there, missing, or there with a type that does not fit."""
        return marketo_setup.plan(self._http, fields, lookup_field=self._lookup_field)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the fields that are missing; change nothing that exists."""
        return marketo_setup.apply(self._http, fields, lookup_field=self._lookup_field)

    def _call(self, change: Change) -> tuple[str, str]:
        """Give the action of a change and the field that finds its lead: one call takes one."""
        if change.record_id:
            return "updateOnly", "id"
        if change.operation == "remove":
            return "updateOnly", self._lookup_field
        return "createOnly" if change.only_new else "createOrUpdate", self._lookup_field

    def _problem(self, change: Change) -> tuple[str, str] | None:
        """Say why a change cannot be sent: what Marketo would take for somebody else."""
        if change.record_id:
            return no_number(change)
        if self._lookup_field == EMAIL and "@" not in self._lookup_value(change):
            return "NO_EMAIL", (
                "there is no e-mail address to find the lead by. Map a column to email in"
                " create_fields, or make it unique_key"
            )
        return None

    def _lookup_value(self, change: Change) -> str:
        name = self._lookup_field
        told = (one.get(name) for one in (change.fields, *change.sent))
        given = next((one for one in told if one), change.unique_key)
        return given.strip().lower() if name == EMAIL else given

    def _fields(self, change: Change) -> dict[str, Value]:
        """Give what to write."""
        return {
            name: _value(text, change.types.get(name, "string"))
            for name, text in change.fields.items()
            if change.operation != "remove" or self._can_be_cleared(name)
        }

    def _can_be_cleared(self, name: str) -> bool:
        """Spare the address, by which others find the lead, and fields deleted in Marketo."""
        if name in {self._lookup_field, EMAIL}:
            return False
        if self._existing is None:
            self._existing = frozenset(marketo_setup.by_name(self._http))
        return name in self._existing

    def _create(self, action: str, field: str, changes: Sequence[Change]) -> list[Outcome]:
        """Create leads; who is there already is updated, without what only a new one is given."""
        outcomes = self._write(action, field, changes)
        there = {one.token for one in outcomes if one.error_code == EXISTS}
        found = [change for change in changes if change.token in there]
        updated = self._write("updateOnly", field, found) if found else []
        return [one for one in outcomes if one.token not in there] + updated

    def _write(self, action: str, field: str, changes: Sequence[Change]) -> list[Outcome]:
        rows: list[Mapping[str, object]] = [
            self._fields(change.for_new() if action == "createOnly" else change.for_known())
            | {field: int(change.record_id) if change.record_id else self._lookup_value(change)}
            for change in changes
        ]
        body = {"action": action, "lookupField": field, **self._partition, "input": rows}
        answer = self._http.post(LEADS, body, idempotent=True)
        outcomes = read_outcomes(changes, answer)
        return [gone_is_done(*pair) for pair in zip(changes, outcomes, strict=True)]

    def _erase(self, change: Change) -> Outcome:
        """Delete a lead for good, looked up by its value where its id is not known, or gone."""
        if change.record_id:
            (outcome,) = self._delete(change, [int(change.record_id)])
            if outcome.error_code != NOT_FOUND:
                return outcome
        for one in self._delete(change, self._ids(change)):
            if (outcome := gone_is_done(change, one)).status != "accepted":
                return outcome
        return Outcome(change.token, "accepted", change.record_id)

    def _delete(self, change: Change, ids: Sequence[int]) -> list[Outcome]:
        if not ids:
            return []
        body = {"input": [{"id": number} for number in ids]}
        answer = self._http.post(DELETE, body, idempotent=True)
        return read_outcomes([change] * len(ids), answer, check_ids=False)

    def _ids(self, change: Change) -> list[int]:
        """Find the leads of all values that are known of a row."""
        name = self._lookup_field
        sent = {one.get(name) or "" for one in change.sent}
        given = {*sent, self._lookup_value(change), change.unique_key}
        wanted = {one.strip() for one in given if one.strip() and (name != EMAIL or "@" in one)}
        return sorted({number for one in wanted for number in self._ids_with(one)})

    def _ids_with(self, found: str) -> list[int]:
        if "," in found:  # Marketo would take it for two values
            raise BatchRefused("Marketo: a lookup value holds a comma.", code="LOOKUP_VALUE")
        name = self._lookup_field
        query = {"filterType": name, "filterValues": found, "fields": f"id,{name}"}
        rows = items(self._http.get(LEADS, query=query), "result")
        people = [(str(row.get(name)), str(row["id"])) for row in rows if "id" in row]
        return [int(one) for one in having("Marketo", found, people)]


def _value(text: str | None, kind: FieldType) -> Value:
    """Give a value as Marketo takes it: times without a fraction, and null for nothing."""
    if kind == "timestamp" and text:
        return text.split(".")[0].rstrip("Z") + "Z"
    return value(text, kind) if text else None


def _check(changes: Sequence[Change]) -> None:
    if len(changes) > MAX_BATCH:
        raise ConfigError(f"Marketo takes {MAX_BATCH} leads a call, not {len(changes)}.")
    for change in changes:
        if change.operation == "update" and not change.record_id:
            raise ConfigError("Marketo leads: an update needs the id of the lead.")
        if guarded := marketo_setup.GUARDED & change.fields.keys():
            raise ConfigError(
                f"Marketo leads: {', '.join(sorted(guarded))} says who may be mailed, and is not"
                " for a sync to write."
            )
