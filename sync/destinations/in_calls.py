"""Write a batch that is larger than one call, without losing what the first calls answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from sync.changes import Change, Outcome, Status
from sync.destinations.one_by_one import SILENT
from sync.errors import Ambiguous, BatchRefused, DestinationError, Retriable

Write = Callable[[Sequence[Change]], Sequence[Outcome]]


def in_calls(
    changes: Sequence[Change], size: int, write: Write, *, record: Callable[[Change], str]
) -> list[Outcome]:
    """Write `size` changes a call, no call with the same `record` twice; outcomes in their order.

    A call that is refused is halved until the bad row is alone. What stops everything (a quota, a
    token) is raised if no row was answered yet, else the rest is pending and the next batch will
    meet it first.
    """
    waiting = deque(_calls(changes, size, record))
    outcomes: list[Outcome] = []
    silent = 0
    while waiting:
        rows = waiting.popleft()
        try:
            outcomes += write(rows)
            silent = 0
        except BatchRefused as refusal:
            silent = 0
            if len(rows) > 1:
                middle = len(rows) // 2
                waiting.extendleft([rows[middle:], rows[:middle]])
            else:
                outcomes.append(_unwritten(rows[0], "rejected", refusal.code, refusal))
        except DestinationError as error:
            silent += 1
            stops = not isinstance(error, (Retriable, Ambiguous)) or silent == SILENT
            if all(one.status == "pending" for one in outcomes) and (stops or not waiting):
                raise
            left = [rows, *(waiting if stops else ())]
            outcomes += [
                _unwritten(change, "pending", error.ledger_code, error)
                for part in left
                for change in part
            ]
            if stops:
                break
    return outcomes


def _calls(
    changes: Sequence[Change], size: int, record: Callable[[Change], str]
) -> Iterator[list[Change]]:
    call: list[Change] = []
    named: set[str] = set()
    for change in changes:
        if len(call) == size or record(change) in named:
            yield call
            call, named = [], set()
        call.append(change)
        named.add(record(change))
    if call:
        yield call


def _unwritten(change: Change, status: Status, code: str, error: DestinationError) -> Outcome:
    return Outcome(change.token, status, change.record_id, code, str(error))
