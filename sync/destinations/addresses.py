"""What e-mail tools have in common: they know a person by the address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sync.changes import Change, FieldType, Outcome

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


def address(change: Change) -> str:
    """Give the address by which a row is found: its unique key, lower case, without spaces."""
    return change.unique_key.strip().lower()


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


def native(text: str | None, kind: FieldType) -> str | int | float | bool:
    """Give the JSON value of a text; an empty text stands for nothing, and clears."""
    if not text:
        return ""
    if kind == "boolean":
        return text == "true"
    if kind in ("integer", "number"):
        return float(text) if "." in text else int(text)
    return text
