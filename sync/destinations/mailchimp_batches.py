"""Many updates in one call: an asynchronous batch of Mailchimp, waited for and read row by row.

What became of each is in an archive behind another address, which takes no key. A batch that does
not end in time is stopped, so that it cannot write old values after those of a later run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence

from sync.answers import Answer, default_error
from sync.changes import Change, Outcome
from sync.destinations.mailchimp_answers import classify, read_member
from sync.download import download, files_of
from sync.errors import Ambiguous, BatchRefused, DestinationError, Retriable
from sync.http import HttpClient

BATCHES = "/batches"
LONGEST_WAIT = 240.0  # seconds: a lease of the ledger lasts for ten minutes
WAITS = (1.0, 2.0, 4.0, 8.0)
TRIES = 3
MAX_BYTES = 64_000_000
WHAT = "Mailchimp: the results of a batch"

Update = tuple[str, Mapping[str, object]]


class Batches:
    """The batches of one account."""

    def __init__(self, http: HttpClient, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._http = http
        self._sleep = sleep

    def update(
        self, changes: Sequence[Change], updates: Sequence[Update], params: Mapping[str, str]
    ) -> list[Outcome]:
        """Update members, each by its path and body; what is not told of is pending."""
        operations = [
            {
                "method": "PATCH",
                "path": path,
                "params": params,
                "operation_id": change.token,
                "body": json.dumps(body, allow_nan=False),
            }
            for change, (path, body) in zip(changes, updates, strict=True)
        ]
        # May be repeated: a second batch would set the same values.
        answer = self._http.post(BATCHES, {"operations": operations}, idempotent=True)
        name = answer.get("id")
        if not isinstance(name, str) or not name.isalnum():
            raise Ambiguous("Mailchimp took a batch without giving its id.")
        answers = self._answers(f"{BATCHES}/{name}")
        return _outcomes(changes, answers)

    def _answers(self, batch: str) -> Mapping[str, Answer]:
        """Wait for a batch, and give what was answered to each operation."""
        for turn in range(TRIES):
            url = self._finished(batch)
            try:
                archive = download(url, WHAT, max_bytes=MAX_BYTES)
                break
            except (Retriable, Ambiguous):
                # The address is good for a short time only: ask for another.
                if turn == TRIES - 1:
                    raise
                self._sleep(WAITS[turn])
        return dict(
            pair for file in files_of(archive, WHAT, max_bytes=MAX_BYTES) for pair in _read(file)
        )

    def _finished(self, batch: str) -> str:
        waited, turn = 0.0, 0
        while True:
            found = self._http.get(batch)
            if found.get("status") == "finished":
                return str(found.get("response_body_url") or "")
            if waited >= LONGEST_WAIT:
                break
            wait = WAITS[min(turn, len(WAITS) - 1)]
            self._sleep(wait)
            waited, turn = waited + wait, turn + 1
        # Without an answer it is stopped or not: its rows are pending either way.
        self._http.send("DELETE", batch, idempotent=True, accept={404})
        raise Ambiguous(
            f"Mailchimp: a batch was not done after {waited:.0f} s, and was stopped. Its rows are"
            " sent again next time, which does no harm."
        )


def _read(file: bytes) -> list[tuple[str, Answer]]:
    try:
        found = json.loads(file)
    except (ValueError, RecursionError):
        raise Ambiguous(f"{WHAT}: a file is not JSON.") from None
    results = found if isinstance(found, list) else [found]
    return [
        (str(one.get("operation_id")), _answer(one)) for one in results if isinstance(one, dict)
    ]


def _answer(result: Mapping[str, object]) -> Answer:
    """Give what was answered to an operation as if it had been a call of its own."""
    try:
        body = json.loads(str(result.get("response")))
    except (ValueError, RecursionError):
        body = None
    status = result.get("status_code")
    return Answer(
        "Mailchimp",
        "PATCH",
        "the audience",
        status if isinstance(status, int) else 0,
        {},
        body if isinstance(body, dict) else None,
    )


def _outcomes(changes: Sequence[Change], answers: Mapping[str, Answer]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    stops: list[DestinationError] = []
    for change in changes:
        answer = answers.get(change.token)
        error = _error(answer) if answer else None
        if answer and not error:
            outcomes.append(read_member(change, answer))
            continue
        why = (error.ledger_code, str(error)) if error else (None, None)
        if isinstance(error, BatchRefused):
            outcomes.append(
                Outcome(change.token, "rejected", change.record_id, error.code, str(error))
            )
            continue
        outcomes.append(Outcome(change.token, "pending", change.record_id, *why))
        stops += [error] if error and not isinstance(error, (Retriable, Ambiguous)) else []
    if stops and len(stops) == len(changes):
        raise stops[0]
    return outcomes


def _error(answer: Answer) -> DestinationError | None:
    if answer.status == 404:
        return None
    return classify(answer) or default_error(answer, idempotent=True)
