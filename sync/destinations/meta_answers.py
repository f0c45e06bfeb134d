"""What Meta means by the codes in its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sync.answers import Answer, retry_after
from sync.errors import (
    AccessRefused,
    BatchRefused,
    DestinationError,
    QuotaExhausted,
    Retriable,
)

TOO_MANY = frozenset({4, 17, 32, 613, *range(80000, 80015)})
PASSING = frozenset({1, 2})
TOKEN = frozenset({102, 190})
RIGHTS = frozenset({3, 10, 200, 294})
TERMS, FLAGGED, NOT_THERE, UPDATE_RUNS = 1870090, 1713230, 33, 1870145
SLOWER_SECONDS = 30.0
SHORT_MINUTES = 1


def classify(answer: Answer) -> DestinationError | None:
    """Say what Meta means. None: what the status means everywhere."""
    error = (answer.body or {}).get("error")
    if not isinstance(error, Mapping):
        return None
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    said = f"{answer}, code {code}" + (f", subcode {subcode}" if subcode else "")
    if code in TOKEN:
        return AccessRefused(
            f"{said}: the token is not accepted. Make one for a system user, with the right"
            " ads_management, and put it into META_TOKEN."
        )
    if subcode in REFUSALS:
        return AccessRefused(f"{said}: {REFUSALS[subcode]}")
    if code in RIGHTS:
        return AccessRefused(
            f"{said}: the token lacks a right. It needs ads_management, and its user the right to"
            " manage the ad account."
        )
    if code == 368:
        return AccessRefused(f"{said}: Meta blocks the account for a while. Ask there why.")
    if code in TOO_MANY or answer.status == 429:
        return _too_many(answer, said)
    if code in PASSING or error.get("is_transient") is True or subcode == UPDATE_RUNS:
        return Retriable(f"{said}.", retry_after=retry_after(answer) or 0.0)
    if code in {100, 105}:
        return BatchRefused(f"{said}.", code=f"META_{code}")
    return None


REFUSALS: Mapping[int, str] = {
    TERMS: "the terms of custom audiences are not accepted. Accept them for the business that owns"
    " the ad account.",
    FLAGGED: "the audience is flagged, because its name or a rule hints at health or money. Give it"
    " a neutral name.",
    NOT_THERE: "the audience or the ad account is not there, or the token may not see it.",
}


def _too_many(answer: Answer, said: str) -> DestinationError:
    minutes = _minutes(answer.headers.get("X-Business-Use-Case-Usage", ""))
    if minutes > SHORT_MINUTES:
        opens = datetime.now(UTC) + timedelta(minutes=minutes)
        return QuotaExhausted(
            f"{said}: the calls of this hour are used up. Run again in {minutes} minutes.",
            resumes_at=opens,
        )
    asked = retry_after(answer)
    return Retriable(f"{said}.", retry_after=asked or minutes * 60.0 or SLOWER_SECONDS)


def _minutes(header: str) -> int:
    """Give the longest wait that the header names, in minutes."""
    try:
        usage = json.loads(header)
        waits = [
            one.get("estimated_time_to_regain_access", 0) for each in usage.values() for one in each
        ]
        return max(map(int, waits), default=0)
    except (ValueError, AttributeError, TypeError):
        return 0


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
