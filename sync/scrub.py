"""Take personal data out of another system's error message, so that it can be stored and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

REMOVED = "[…]"
LONGEST = 300

# Either spelling of the at sign: an address may sit in a quoted URL.
_EMAIL = re.compile(r"\S*(?:@|%40)\S*", re.IGNORECASE)
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]{4,}\d")
_QUOTES = "\"'`“”„‘’«»‹›"
# From the first quotation mark to the last, or to the end: a value may contain marks itself.
# An apostrophe between letters (doesn't) opens nothing.
_QUOTED = re.compile(rf"(?<!\w)[{_QUOTES}].*[{_QUOTES}](?!\w)|[\"`“„«‹].*|(?<!\w)['‘].*", re.DOTALL)


def scrub(text: str, *, hide: Iterable[str | None] = ()) -> str:
    """Remove e-mail addresses, phone numbers, everything quoted, and the values in `hide`."""
    for value in sorted({value.strip() for value in hide if value}, key=len, reverse=True):
        if value:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", REMOVED, text, flags=re.IGNORECASE)
    for pattern in (_QUOTED, _EMAIL, _PHONE):
        text = pattern.sub(REMOVED, text)
    return " ".join(text.split())[:LONGEST]
