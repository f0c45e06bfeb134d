"""What came back from a service, and what it means where the vendor says nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import NewConnectionError

from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    DestinationError,
    Retriable,
)


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is the JSON object, `items` the JSON list; None: there was none.

    `text` is the body as it came, for what is not JSON.
    """

    service: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, object] | None = field(repr=False)
    items: Sequence[object] | None = field(default=None, repr=False)
    text: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.service} answered {self.status} to {self.method} {self.path}"


def default_error(answer: Answer, *, idempotent: bool) -> DestinationError | None:
    """Say what a status means where the vendor says nothing else. None: it is a success."""
    status = answer.status
    if 200 <= status < 300:
        return None
    if status == 401:
        why = f"{answer}: the token is not accepted. Check it."
        return AccessRefused(why, token_ran_out=True)
    if status == 403:
        return AccessRefused(f"{answer}: the token lacks a right that this call needs.")
    if status in {400, 409, 413, 422}:
        return BatchRefused(f"{answer}.", code=str(status))
    if status in {408, 425, 429}:
        return Retriable(f"{answer}.", retry_after=retry_after(answer))
    if status >= 500:
        # A gateway can fail after the write was applied behind it.
        if idempotent:
            return Retriable(f"{answer}.", retry_after=retry_after(answer))
        return Ambiguous(f"{answer}: it may or may not have been applied.")
    return DestinationError(f"{answer}. Check the address and the API version in the settings.")


def retry_after(answer: Answer) -> float | None:
    """Give the seconds that a Retry-After header asks for, as a number or as a date."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(answer.headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def transport_error(problem: requests.RequestException, what: str) -> DestinationError:
    """Say what it means that no answer came, without the request that the library's error holds."""
    if isinstance(problem, requests.exceptions.SSLError) and "CERTIFICATE" in str(problem):
        return AccessRefused(f"{what}: the server's certificate is not trusted. Check the address.")
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    if isinstance(problem, (requests.ConnectTimeout, requests.exceptions.ProxyError)) or isinstance(
        reason, NewConnectionError
    ):
        return Retriable(f"{what}: no connection.")
    return Ambiguous(f"{what}: sent, but no complete answer came back.")
