"""What was sent, as the one JSON text that the ledger keeps of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping

Payload = Mapping[str, str | None]


def canonical(payload: Payload) -> str:
    """Give the one JSON text of a payload: sorted, without spaces, ASCII only."""
    return json.dumps(dict(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def payloads(text: str | None) -> list[Payload]:
    """Give the payloads of a JSON list of them; none where there is no list."""
    found: list[Payload] = json.loads(text or "[]")
    return found


def distinct(
    given: Iterable[Payload], of: Collection[str], *, but: Payload | None = None
) -> str | None:
    """Give the one JSON text of a list of payloads, each once, and none of them as `but`.

    Of each no more than the fields `of` that are not empty. None: nothing is left.
    """
    told, known = ([_part(one, of) for one in some] for some in (given, [but or {}]))
    left = [one for one in dict.fromkeys(told) if one not in (*known, "{}")]
    return f"[{','.join(left)}]" if left else None


def _part(payload: Payload, of: Collection[str]) -> str:
    return canonical({name: cell for name, cell in payload.items() if cell and name in of})


def digest(text: str) -> str:
    """Give the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
