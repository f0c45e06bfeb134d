"""Any HTTPS endpoint: one signed message per row, by Standard Webhooks 1.0.0.

The id of a message is the token of its change, the same on every attempt, so a receiver that
keeps ids applies nothing twice. Success is a 2xx and nothing else; the body of an answer is not
read. A value keeps its type: what is a number in the warehouse is a number in the JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import get_args

from sync.answers import Answer, retry_after
from sync.changes import Capabilities, Change, Field, FieldType, Finding, Mode, Outcome, SetupStep
from sync.destinations.one_by_one import one_by_one
from sync.errors import AccessRefused, BatchRefused, ConfigError, DestinationError, Retriable
from sync.http import HttpClient
from sync.signature import ID

# Each row is a call of its own; a batch is what is written down together.
MAX_BATCH = 20
MAX_BODY = 20_000
SLOWER_SECONDS = 5.0  # where a receiver says only that it was too fast
UNQUOTED: frozenset[FieldType] = frozenset({"integer", "number", "boolean"})


def capabilities(calls_per_second: int = 10) -> Capabilities:
    """Say what a webhook can do, at a number of calls a second."""
    return Capabilities(
        modes=frozenset(get_args(Mode)),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_second,
        removal="delete",
        erases=True,
        max_in_flight=8,
        rows_per_call=1,
    )


class Webhook:
    """One endpoint. `path` is that of its URL, with the query."""

    name = "webhook"

    def __init__(self, http: HttpClient, path: str, *, calls_per_second: int = 10) -> None:
        self._http = http
        self._path = path
        self.capabilities = capabilities(calls_per_second)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Send one message per change."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"a webhook takes {MAX_BATCH} rows a batch, not {len(changes)}.")
        return one_by_one(changes, self._send)

    def check(self) -> list[Finding]:
        """Say what can be known: a receiver answers to messages only, and this sends none."""
        return [Finding("endpoint", ok=True, detail="not tried: any call would be a message")]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say that the receiver takes whatever the exposure maps."""
        return [SetupStep("endpoint", "exists", f"takes all {len(fields)} fields")]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Do nothing: there is nothing to create."""
        return self.plan_setup(fields)

    def _send(self, change: Change) -> Outcome:
        body = message(change, datetime.now(UTC))
        if len(body) > MAX_BODY:
            raise BatchRefused(
                f"Webhook: a message would have {len(body):,} bytes, more than {MAX_BODY:,}; it"
                " was not sent. Map fewer fields, or shorter ones.",
                code="MESSAGE_TOO_LARGE",
            )
        headers = {ID: change.token}
        self._http.send("POST", self._path, headers=headers, body=body, idempotent=True)
        # The receiver gives no id back: ours stands for it.
        return Outcome(change.token, "accepted", change.record_id or change.key)


def message(change: Change, now: datetime) -> bytes:
    """Give the body of a message, as it is signed and sent."""
    head = {"type": f"row.{change.operation}", "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    data = {
        "operation": change.operation,
        "key": change.key,
        "record_id": change.record_id,
        "unique_key": change.unique_key or None,
    }
    fields = ",".join(
        f"{_text(name)}:{_value(value, change.types.get(name, 'string'))}"
        for name, value in change.fields.items()
    )
    # By hand, since a decimal must arrive with the digits it has.
    return f'{_text(head)[:-1]},"data":{_text(data)[:-1]},"fields":{{{fields}}}}}}}'.encode()


def _value(value: str | None, kind: FieldType) -> str:
    return value if value is not None and kind in UNQUOTED else _text(value)


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def classify(answer: Answer) -> DestinationError | None:
    """Say what a status means for a webhook. None: what it means everywhere."""
    if answer.status in {401, 403}:
        return AccessRefused(
            f"{answer}: the signature is not accepted. WEBHOOK_SECRET must be the receiver's, and"
            " the clock of this machine right."
        )
    if answer.status == 410:
        return AccessRefused(f"{answer}: the receiver is gone for good. Take the sync away.")
    if answer.status == 429:
        return Retriable(f"{answer}.", retry_after=retry_after(answer) or SLOWER_SECONDS)
    if 300 <= answer.status < 400:
        return DestinationError(
            f"{answer}: a redirect is not followed. Put the address it leads to into WEBHOOK_URL."
        )
    return None
