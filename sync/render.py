"""Values as text, and the fingerprint of what a row would send.

Two values that mean the same must give the same text, whatever engine they were read from:
a fingerprint that moves for nothing re-sends every row.
"""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from sync.changes import FieldType

Payload = Mapping[str, str | None]


def render(value: object, kind: FieldType) -> str | None:
    """Give the text of a value as its column's type says; None stays None, "" stays "".

    Raises ValueError, without the value, where it does not fit the type.
    """
    if value is None:
        return None
    if kind == "boolean":
        return _boolean(value)
    if kind in ("integer", "number"):
        return _number(value)
    if kind == "timestamp":
        return _timestamp(value)
    if kind == "date":
        return _date(value)
    return unicodedata.normalize("NFC", str(value))


def _boolean(value: object) -> str:
    if not isinstance(value, bool):
        raise ValueError("not a boolean")
    return "true" if value else "false"


def _number(value: object) -> str:
    """Plain digits: no exponent, no zeros at the end, no minus before zero."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("not a number")
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _timestamp(value: object) -> str:
    """ISO 8601 in UTC to the millisecond, which is as fine as any destination keeps it."""
    if not isinstance(value, datetime):
        raise ValueError("not a timestamp")
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _date(value: object) -> str:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError("not a date")
    return value.isoformat()


def canonical(payload: Payload) -> str:
    """Give the one JSON text of a payload: sorted, without spaces, ASCII only."""
    return json.dumps(dict(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def fingerprint(payload: Payload) -> str:
    """Give the SHA-256 of a payload, in hexadecimal."""
    return digest(canonical(payload))


def digest(text: str) -> str:
    """Give the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
