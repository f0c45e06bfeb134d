"""HubSpot contacts, by the dated API: batches of 100, one trace id per row.

A contact whose record id is known is updated by it; another one is upserted on our own unique
property. A removal clears the fields that were sent. These calls set values and repeat without
harm. Who may be new is looked up first, so that nobody who is there is given what only a new
contact gets. The answer is trusted row by row: accepted is what `results` lists, rejected what
`errors` names, and the rest is pending. An erasure deletes the contact for good, one call each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sync.answers import Answer, retry_after
from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations import hubspot_setup
from sync.destinations.hubspot_answers import code_of, gone_is_cleared, read_outcomes
from sync.destinations.hubspot_erase import erase
from sync.destinations.hubspot_lookup import look_up
from sync.destinations.one_by_one import one_by_one
from sync.errors import (
    AccessRefused,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)
from sync.http import HttpClient

MAX_BATCH = 100
WINDOW_SECONDS = 10.0
UNKNOWN_FIELD = "PROPERTY_DOESNT_EXIST"


def capabilities(calls_per_window: int = 100) -> Capabilities:
    """Say what HubSpot contacts can do, at a number of calls in ten seconds."""
    return Capabilities(
        modes=frozenset({"update", "upsert", "create", "mirror"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_window * MAX_BATCH / WINDOW_SECONDS,
        removal="clear",
        erases=True,
        max_in_flight=4,
    )


class HubSpotContacts:
    """The contacts of one HubSpot account."""

    name = "hubspot_contacts"

    def __init__(
        self,
        http: HttpClient,
        *,
        version: str = "2026-09",
        unique_property: str = "decile_contact_id",
        calls_per_window: int = 100,
    ) -> None:
        self._http = http
        self._objects = f"/crm/objects/{version}/contacts"
        self._properties = f"/crm/properties/{version}/contacts"
        self._unique_property = unique_property
        self._existing: frozenset[str] | None = None
        self.capabilities = capabilities(calls_per_window)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write one batch; known records by their id, the others on the unique property."""
        _check(changes)
        outcomes = one_by_one([one for one in changes if one.operation == "erase"], self._erase)
        known = self._known(changes)
        fit = [_for_whom(self._with_what_exists(change), known) for change in changes]
        for (call, _), part in _calls(fit).items():
            outcomes += self._write(call, part) if call != "nothing" else map(_done, part)
        by_token = {outcome.token: outcome for outcome in outcomes}
        return [by_token[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Read the properties and one contact, which takes the rights to read both."""
        found = hubspot_setup.by_name(self._http, self._properties)
        self._http.post(f"{self._objects}/batch/read", {"inputs": [{"id": "0"}]}, idempotent=True)
        return [
            Finding("token", ok=True, detail="accepted"),
            Finding("properties", ok=True, detail=f"{len(found):,} can be read"),
            Finding("contacts", ok=True, detail="can be read; a right to write shows at a write"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which properties are there, missing, or there with a type that does not fit."""
        return hubspot_setup.plan(self._http, self._properties, self._needs(fields))

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the group and the properties that are missing; change nothing that exists."""
        return hubspot_setup.apply(self._http, self._properties, self._needs(fields))

    def _needs(self, fields: Sequence[Field]) -> list[hubspot_setup.Need]:
        return hubspot_setup.needs(fields, unique_property=self._unique_property)

    def _write(self, call: str, changes: Sequence[Change]) -> list[Outcome]:
        inputs = [self._input(change) for change in changes]
        answer = self._http.post(
            f"{self._objects}/batch/{call}", {"inputs": inputs}, idempotent=True
        )
        outcomes = read_outcomes(changes, answer, unique_property=self._unique_property)
        _stop_at_unknown_fields(changes, outcomes)
        return [gone_is_cleared(*pair) for pair in zip(changes, outcomes, strict=True)]

    def _known(self, changes: Sequence[Change]) -> frozenset[str]:
        """Look up who is there of those that may be new, and would be given more for it."""
        keys = {one.unique_key for one in changes if _may_be_new(one) and one.only_new}
        return frozenset(look_up(self._http, self._objects, self._unique_property, keys))

    def _with_what_exists(self, change: Change) -> Change:
        """Clear no property that was deleted in HubSpot after it was written."""
        if change.operation != "remove":
            return change
        if self._existing is None:
            self._existing = frozenset(hubspot_setup.by_name(self._http, self._properties))
        there = {name: None for name in change.fields if name in self._existing}
        return replace(change, fields=there)

    def _erase(self, change: Change) -> Outcome:
        unique = (self._unique_property, change.unique_key)
        record_id = erase(self._http, self._objects, change.record_id, unique)
        return Outcome(change.token, "accepted", record_id)

    def _input(self, change: Change) -> dict[str, object]:
        properties = {name: value or "" for name, value in change.fields.items()}
        row: dict[str, object] = {"objectWriteTraceId": change.token, "properties": properties}
        if change.record_id:
            return row | {"id": change.record_id}
        if change.operation != "remove":
            properties.pop(self._unique_property, None)
        return row | {"id": change.unique_key, "idProperty": self._unique_property}


def classify(answer: Answer) -> DestinationError | None:
    """Say what HubSpot means by a status. None: what the status means everywhere."""
    body, status = answer.body or {}, answer.status
    if status == 401:
        return AccessRefused(
            f"{answer}: the token is unknown or expired. Make a service key in HubSpot"
            " (Settings > Development > Keys) and put it into HUBSPOT_TOKEN."
        )
    if status == 403:
        return AccessRefused(
            f"{answer}: the token lacks a scope. Give it crm.objects.contacts.read and .write,"
            " crm.schemas.contacts.read and .write, and for a list crm.lists.read and .write."
        )
    none_left = answer.headers.get("X-HubSpot-RateLimit-Daily-Remaining") == "0"
    if status == 429 and (none_left or body.get("policyName") == "DAILY"):
        return QuotaExhausted(
            f"{answer}: the calls of this day are used up. The rest stays pending; run again"
            " after midnight in the time zone of the account."
        )
    if status == 429:
        return Retriable(f"{answer}.", retry_after=retry_after(answer) or _window(answer))
    if status in {423, 477}:  # locked; moving to another data centre
        return Retriable(f"{answer}.", retry_after=max(2.0, retry_after(answer) or 0.0))
    if status in {400, 409, 413}:
        return BatchRefused(f"{answer}, {code_of(body)}.", code=code_of(body))
    return None


def _check(changes: Sequence[Change]) -> None:
    if len(changes) > MAX_BATCH:
        raise ConfigError(f"HubSpot takes {MAX_BATCH} contacts a call, not {len(changes)}.")
    for change in changes:
        if change.operation == "update" and not change.record_id:
            raise ConfigError("HubSpot contacts: an update needs the record id of the contact.")
        if not change.record_id and not change.unique_key:
            raise ConfigError(
                f"HubSpot contacts: {change.operation} needs the record id or the value of the"
                " unique property."
            )


def _may_be_new(change: Change) -> bool:
    return change.operation in ("upsert", "create") and not change.record_id


def _for_whom(change: Change, known: frozenset[str]) -> Change:
    if not change.only_new:
        return change
    is_new = _may_be_new(change) and change.unique_key not in known
    return change.for_new() if is_new else change.for_known()


def _done(change: Change) -> Outcome:
    return Outcome(change.token, "accepted", change.record_id)


def _calls(changes: Sequence[Change]) -> dict[tuple[str, bool], list[Change]]:
    """Sort changes by call, and by how they name a record: one call takes one way."""
    calls: dict[tuple[str, bool], list[Change]] = {}
    for change in changes:
        if change.operation != "erase":
            by_id = bool(change.record_id)
            call = "update" if by_id or change.operation == "remove" else "upsert"
            if change.operation == "remove" and not change.fields:
                call = "nothing"
            calls.setdefault((call, by_id), []).append(change)
    return calls


def _stop_at_unknown_fields(changes: Sequence[Change], outcomes: Sequence[Outcome]) -> None:
    """If every row fails for a property that HubSpot lacks, no other row would fare better."""
    if all(outcome.error_code == UNKNOWN_FIELD for outcome in outcomes):
        names = ", ".join(sorted({name for change in changes for name in change.fields}))
        raise AccessRefused(
            f"HubSpot lacks at least one of the properties {names}."
            " `decile setup hubspot` creates them."
        )


def _window(answer: Answer) -> float:
    asked = answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    return int(asked) / 1000 if asked.isascii() and asked.isdigit() else WINDOW_SECONDS
