"""Write a batch to an API that takes one row a call, without losing what was answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sync.changes import Change, Outcome
from sync.errors import Ambiguous, BatchRefused, DestinationError, Retriable

# After so many rows in a row without an answer the API is down: the rest would only wait.
SILENT = 3


def one_by_one(changes: Sequence[Change], write: Callable[[Change], Outcome]) -> list[Outcome]:
    """Write each change; a refusal is that row's own, and a row without an answer is pending.

    What stops everything (a quota, a token) ends the batch: it is raised if no row was answered
    yet, else the rest is pending and the next batch will meet it first.
    """
    outcomes: list[Outcome] = []
    unanswered: list[DestinationError] = []
    for change in changes:
        try:
            outcomes.append(write(change))
            unanswered = []
        except BatchRefused as refusal:
            outcomes.append(
                Outcome(change.token, "rejected", change.record_id, refusal.code, str(refusal))
            )
            unanswered = []
        except DestinationError as error:
            unanswered.append(error)
            stops = not isinstance(error, (Retriable, Ambiguous)) or len(unanswered) == SILENT
            rest = changes[len(outcomes) :] if stops else [change]
            if len(outcomes) + len(rest) == len(changes) and _no_answer(outcomes):
                raise
            outcomes += [_pending(left, error) for left in rest]
            if stops:
                break
    return outcomes


def _no_answer(outcomes: Sequence[Outcome]) -> bool:
    return all(outcome.status == "pending" for outcome in outcomes)


def _pending(change: Change, error: DestinationError) -> Outcome:
    code = error.ledger_code
    return Outcome(change.token, "pending", change.record_id, code, str(error))
