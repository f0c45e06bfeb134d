"""Which values are about a person, and stay out of what a command prints.

A column says so itself (`config: {meta: {personal: true}}`); one that says nothing is judged by
its name and its type. A value that looks like an address or a number is hidden in any case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sync.changes import Field, FieldType
from sync.scrub import REMOVED

# Words of a name: `first_name`, `email_2`, `mobilephone`. Scores and counts are no text.
_PERSONAL = re.compile(
    r"(?:^|_)(?:e_?mail\w*|\w*phone|mobile\w*|tel|fax|\w*name|salutation|street|address\w*|zip"
    r"|postal_?code|birth\w*|dob|ip|ip_address|linkedin\w*|twitter\w*|avatar|photo)(?:_|\d|$)",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\S+(?:@|%40)\S+|^(?!\d{4}-\d\d-\d\d)\+?\(?\d[\d\s().\-/]{7,}\d$", re.IGNORECASE
)
# Digits alone are an id.
_NUMBER_WITH_MARKS = re.compile(r"\+\d+|(?=.*[\s().\-/])\+?[\d\s().\-/]{7,}")
_TEXT: Collection[FieldType] = ("string", "date")


def is_personal(meta: Mapping[str, object], names: Collection[str], kind: FieldType) -> bool:
    """Tell whether a column holds values about a person, by its meta, else by its names."""
    said = meta.get("personal")
    if isinstance(said, bool):
        return said
    return kind in _TEXT and any(_PERSONAL.search(name) for name in names)


def shown(value: str | None, field: Field | None) -> str | None:
    """Give a value as it may be printed. `field` is None where nothing maps to it any more."""
    if value is None or value == "":
        return value
    if field is None or field.personal:
        return REMOVED
    return REMOVED if field.type in _TEXT and _TELLING.search(value) else value


def shown_key(key: str) -> str:
    """Give the key of a row as it may be printed: an id, unless somebody made it of an address."""
    return REMOVED if "@" in key or _NUMBER_WITH_MARKS.fullmatch(key) else key
