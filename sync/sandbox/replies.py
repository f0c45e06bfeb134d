"""Requests, replies, and the words in which HubSpot says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    """One answer. `body` goes out as JSON, or as it is where it is text already.

    `rows` is how many rows were asked for. `is_cut`: the connection breaks half-way.
    """

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    type: str = JSON
    rows: int = 0
    is_cut: bool = False
    delay: float = 0.0


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
