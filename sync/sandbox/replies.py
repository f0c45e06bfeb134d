"""Requests, replies, and the words in which HubSpot says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from sync.sandbox.rules import Refusal

JSON = "application/json;charset=utf-8"
HTML = "text/html;charset=utf-8"


@dataclass(frozen=True)
class Request:
    """One call. `body` is the bytes as they came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """One answer. `body` goes out as JSON, or as it is where it is text or bytes.

    `rows` is how many rows were asked for. `is_cut`: the connection breaks half-way.
    """

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = JSON
    rows: int = 0
    is_cut: bool = False
    delay: float = 0.0


class Refused(Exception):
    """The call is refused as a whole; what it wrote so far is taken back."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__()


def problem(
    status: int, category: str, message: str, *, errors: Sequence[object] = (), **more: object
) -> Reply:
    """Refuse a call as a whole."""
    body = {
        "status": "error",
        "message": message,
        "correlationId": str(uuid4()),
        "category": category,
        **({"errors": list(errors)} if errors else {}),
        **more,
    }
    return Reply(status, body)


def limited(policy: str, interval_ms: int) -> Reply:
    """Refuse a call because there were too many."""
    reply = problem(
        429,
        "RATE_LIMITS",
        "You have reached your limit of calls.",
        errorType="RATE_LIMIT",
        policyName=policy,
    )
    return Reply(429, reply.body, {"X-HubSpot-RateLimit-Interval-Milliseconds": str(interval_ms)})


def multi_status(results: Sequence[object], errors: Sequence[object]) -> Reply:
    """Give 200, or 207 where a row failed."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        return Reply(207, body | {"numErrors": len(errors), "errors": errors})
    return Reply(200, body)


def unauthorised(category: str) -> Reply:
    """Refuse a caller."""
    return problem(401, category, "Authentication credentials not found or no longer valid.")


def no_such_method() -> Reply:
    """Refuse a method that a path does not have."""
    return problem(405, "METHOD_NOT_ALLOWED", "There is no such call.")


def row_error(
    category: str,
    message: str,
    *,
    context: Mapping[str, list[str]],
    refusals: Sequence[Refusal] = (),
) -> dict[str, object]:
    """Refuse one row."""
    return {
        "status": "error",
        "category": category,
        "message": message,
        "context": dict(context),
        "errors": details(refusals),
        "links": {},
    }


def details(refusals: Sequence[Refusal]) -> list[object]:
    """Give the list of refused values."""
    return [
        {
            "message": refusal.message,
            "code": refusal.code,
            "context": {"propertyName": [refusal.name]},
        }
        for refusal in refusals
    ]
