"""How an answer of HubSpot is read: what became of each row, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync.changes import Change, Outcome
from sync.errors import BatchRefused
from sync.scrub import scrub

NOT_FOUND = "OBJECT_NOT_FOUND"

Item = Mapping[str, object]


def read_outcomes(
    changes: Sequence[Change], answer: Item, *, unique_property: str
) -> list[Outcome]:
    """Give one outcome per change. A row that both lists name was not wholly written: rejected."""
    owners = {change.token: change for change in changes}
    # Trace ids are promised for batch creation only; elsewhere the ids have to do.
    by_id = {change.record_id or change.unique_key: change for change in changes}
    outcomes = {change.token: Outcome(change.token, "pending") for change in changes}
    for row in _items(answer, "results"):
        written = row.get("properties")
        unique = written.get(unique_property) if isinstance(written, Mapping) else None
        for change in _named(owners, by_id, row.get("objectWriteTraceId"), [row.get("id"), unique]):
            # A merged record answers by the id it has now; ours is the one that the model names.
            record_id = change.record_id or str(row.get("id"))
            outcomes[change.token] = Outcome(change.token, "accepted", record_id)
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
    code = code_of(nameless[0])
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
        error_code=code_of(error),
        message=" ".join(dict.fromkeys(parts))[:500],
    )


def gone_is_cleared(change: Change, outcome: Outcome) -> Outcome:
    """Where the record is gone, nothing is left to clear."""
    if change.operation == "remove" and outcome.error_code == NOT_FOUND:
        return Outcome(change.token, "accepted", change.record_id)
    return outcome


def code_of(error: Item) -> str:
    """Give the most telling code of an error; free text is not a code."""
    nested = [detail.get("code") for detail in _items(error, "errors")]
    for code in (*nested, error.get("category")):
        if isinstance(code, str) and re.fullmatch(r"[A-Z][A-Z0-9_.]{1,60}", code):
            return code
    return "UNKNOWN"


def _items(holder: Item, name: str) -> list[Item]:
    items = holder.get(name)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _texts(value: object) -> list[str]:
    values: Iterable[object] = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]
