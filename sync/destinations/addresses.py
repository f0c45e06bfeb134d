"""What e-mail tools have in common: they know a person by the address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sync.changes import Change, FieldType, Outcome
from sync.errors import BatchRefused, DestinationError

NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


def address(change: Change) -> str:
    """Give the address by which a row is found: its unique key, lower case, without spaces."""
    return change.unique_key.strip().lower()


def addresses(change: Change, field: str) -> list[str]:
    """Give all addresses that are known of a row: its unique keys, and what `field` may hold."""
    given = [change.unique_key, change.former_key, *(sent.get(field) or "" for sent in change.sent)]
    named = dict.fromkeys(text.strip().lower() for text in given)
    return [one for one in named if ADDRESS.fullmatch(one)]


def in_doubt(change: Change, field: str) -> list[str]:
    """Give the addresses by which somebody may be there beside: the answer to each got lost."""
    return addresses(replace(change, unique_key="", former_key="", previous={}), field)


def having(service: str, asked: str, found: Sequence[tuple[str, str]]) -> list[str]:
    """Keep the ids of those that have the value that was asked for; `found` is value and id.

    An answer about others alone did not heed the question: whom it names is a stranger.
    """
    ids = [name for has, name in found if has.strip().lower() == asked.strip().lower()]
    if found and not ids:
        raise DestinationError(f"{service} answered a look-up with others than were asked for.")
    return ids


def cannot_be_named(changes: Sequence[Change]) -> Iterator[Outcome]:
    """Reject what has neither record id nor address, or the address of an earlier row."""
    seen: set[str] = set()
    for change in changes:
        if change.record_id:
            continue
        named = address(change)
        if not ADDRESS.fullmatch(named):
            yield _rejected(change, "NO_ADDRESS", "has neither a record id nor an e-mail address")
        elif named in seen:
            yield _rejected(change, "DUPLICATE_ADDRESS", "has the address of another row")
        seen.add(named)


def _rejected(change: Change, code: str, why: str) -> Outcome:
    return Outcome(change.token, "rejected", None, code, f"The row {why}; it was not sent.")


def cannot_be_read(
    changes: Sequence[Change], read: Callable[[Change], object]
) -> Iterator[Outcome]:
    """Reject what has a value that its field cannot take."""
    for change in changes:
        try:
            if change.fields:
                read(change)
        except BatchRefused as refusal:
            known, code = change.record_id, refusal.code
            yield Outcome(change.token, "rejected", known, code, str(refusal))


def native(text: str | None, kind: FieldType, name: str) -> str | int | float | bool:
    """Give the JSON value of a text; an empty text stands for nothing, and clears.

    Raises BatchRefused, with the field's name and without the value, where the text is none.
    """
    if not text:
        return ""
    if kind == "boolean":
        if text not in ("true", "false"):
            raise BatchRefused(f"{name}: takes true or false.", code="NOT_A_BOOLEAN")
        return text == "true"
    if kind in ("integer", "number"):
        if not NUMBER.fullmatch(text):
            raise BatchRefused(f"{name}: takes a number.", code="NOT_A_NUMBER")
        return float(text) if "." in text else int(text)
    return text
