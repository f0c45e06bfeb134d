"""HubSpot contacts, by the dated API: batches of 100, one trace id per row.

A contact whose record id is known is updated by it; another one is upserted on our own unique
property. Both calls set values and repeat without harm. The answer is trusted row by row:
accepted is what `results` lists, rejected what `errors` names, and the rest is pending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync.changes import Capabilities, Change, Field, Outcome, SetupStep
from sync.destinations import hubspot_setup
from sync.errors import (
    AccessRefused,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)
from sync.http import Answer, HttpClient, retry_after
from sync.scrub import scrub

MAX_BATCH = 100
WINDOW_SECONDS = 10.0
UNKNOWN_FIELD = "PROPERTY_DOESNT_EXIST"

Item = Mapping[str, object]


def capabilities(calls_per_window: int = 100) -> Capabilities:
    """Say what HubSpot contacts can do, at a number of calls in ten seconds."""
    return Capabilities(
        modes=frozenset({"update", "upsert"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_window * MAX_BATCH / WINDOW_SECONDS,
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
        self.capabilities = capabilities(calls_per_window)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write one batch; known records by their id, the others on the unique property."""
        _check(changes)
        known = [change for change in changes if change.record_id]
        unknown = [change for change in changes if not change.record_id]
        outcomes = {
            outcome.token: outcome
            for path, part in (("update", known), ("upsert", unknown))
            if part
            for outcome in self._write(path, part)
        }
        return [outcomes[change.token] for change in changes]

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
        outcomes = _outcomes(changes, answer, unique_property=self._unique_property)
        _stop_at_unknown_fields(changes, outcomes)
        return outcomes

    def _input(self, change: Change) -> dict[str, object]:
        properties = {name: value or "" for name, value in change.fields.items()}
        row: dict[str, object] = {"objectWriteTraceId": change.token, "properties": properties}
        if change.record_id:
            return row | {"id": change.record_id}
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
            " crm.schemas.contacts.read and .write."
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
        return BatchRefused(f"{answer}, {_code(body)}.", code=_code(body))
    return None


def _check(changes: Sequence[Change]) -> None:
    if len(changes) > MAX_BATCH:
        raise ConfigError(f"HubSpot takes {MAX_BATCH} contacts a call, not {len(changes)}.")
    for change in changes:
        if change.operation not in {"update", "upsert"}:
            raise ConfigError(f"HubSpot contacts: there is no operation {change.operation}.")
        if change.operation == "update" and not change.record_id:
            raise ConfigError("HubSpot contacts: an update needs the record id of the contact.")
        if not change.record_id and not change.unique_key:
            raise ConfigError("HubSpot contacts: an upsert needs the value of the unique property.")


def _outcomes(changes: Sequence[Change], answer: Item, *, unique_property: str) -> list[Outcome]:
    """Give one outcome per change. A row that both lists name was not wholly written: rejected."""
    owners = {change.token: change for change in changes}
    # Trace ids are promised for batch creation only; elsewhere the ids have to do.
    by_id = {change.record_id or change.unique_key: change for change in changes}
    outcomes = {change.token: Outcome(change.token, "pending") for change in changes}
    for row in _items(answer, "results"):
        written = row.get("properties")
        unique = written.get(unique_property) if isinstance(written, Mapping) else None
        for change in _named(owners, by_id, row.get("objectWriteTraceId"), [row.get("id"), unique]):
            outcomes[change.token] = Outcome(change.token, "accepted", str(row.get("id")))
    nameless = []
    for error in _items(answer, "errors"):
        context = error.get("context")
        context = context if isinstance(context, Mapping) else {}
        named = _named(owners, by_id, context.get("objectWriteTraceId"), context.get("ids"))
        outcomes |= {change.token: _rejected(change, error) for change in named}
        if not named:
            nameless.append(error)
    return _with_nameless(changes, outcomes, nameless)


def _with_nameless(
    changes: Sequence[Change], outcomes: Mapping[str, Outcome], nameless: Sequence[Item]
) -> list[Outcome]:
    """Deal with errors that name no row: they belong to the only row, or to the whole batch."""
    given = [outcomes[change.token] for change in changes]
    if not nameless or any(outcome.status != "pending" for outcome in given):
        return given
    if len(changes) == 1:
        return [_rejected(changes[0], nameless[0])]
    code = _code(nameless[0])
    raise BatchRefused(f"HubSpot wrote nothing of a batch and named no row, {code}.", code=code)


def _named(
    owners: Mapping[str, Change], by_id: Mapping[str, Change], traces: object, ids: object
) -> list[Change]:
    """Find the changes that an item is about: by trace id, and if it has none by id."""
    if traces:
        return [owners[trace] for trace in _texts(traces) if trace in owners]
    return [by_id[name] for name in _texts(ids) if name in by_id]


def _rejected(change: Change, error: Item) -> Outcome:
    """Name the code, the properties we sent, and the message without anything personal."""
    hide = [*change.fields.values(), change.record_id, change.unique_key]
    details = _items(error, "errors") or [error]
    parts = []
    for detail in details:
        context = detail.get("context")
        named = _texts(context.get("propertyName")) if isinstance(context, Mapping) else []
        fields = ", ".join(name for name in named if name in change.fields)
        message = scrub(str(detail.get("message") or ""), hide=hide)
        parts.append(f"{fields}: {message}" if fields else message)
    return replace(
        Outcome(change.token, "rejected", change.record_id),
        error_code=_code(error),
        message=" ".join(dict.fromkeys(parts))[:500],
    )


def _stop_at_unknown_fields(changes: Sequence[Change], outcomes: Sequence[Outcome]) -> None:
    """If every row fails for a property that HubSpot lacks, no other row would fare better."""
    if all(outcome.error_code == UNKNOWN_FIELD for outcome in outcomes):
        names = ", ".join(sorted({name for change in changes for name in change.fields}))
        raise AccessRefused(
            f"HubSpot lacks at least one of the properties {names}."
            " `decile setup hubspot` creates them."
        )


def _code(error: Item) -> str:
    """Give the most telling code of an error; free text is not a code."""
    nested = [detail.get("code") for detail in _items(error, "errors")]
    for code in (*nested, error.get("category")):
        if isinstance(code, str) and re.fullmatch(r"[A-Z][A-Z0-9_.]{1,60}", code):
            return code
    return "UNKNOWN"


def _window(answer: Answer) -> float:
    asked = answer.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    return int(asked) / 1000 if asked.isascii() and asked.isdigit() else WINDOW_SECONDS


def _items(holder: Item, name: str) -> list[Item]:
    items = holder.get(name)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _texts(value: object) -> list[str]:
    values: Iterable[object] = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]
