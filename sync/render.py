"""What was sent, as the one JSON text that the ledger keeps of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

Payload = Mapping[str, str | None]


def canonical(payload: Payload) -> str:
    """Give the one JSON text of a payload: sorted, without spaces, ASCII only."""
    return json.dumps(dict(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text: str) -> str:
    """Give the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
