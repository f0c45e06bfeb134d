"""Get batches to a destination, several at a time where it allows, and no row without an outcome.

What was answered is kept before anything else is sent: with one batch in flight, a kill loses the
answer of that batch and of no other.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sync.changes import Change, Operation, Outcome
from sync.errors import Ambiguous, BatchRefused, DestinationError, Retriable
from sync.planner import Planned

log = logging.getLogger("decile")

# A destination that answered none of these batches in a row is down: the rest would only wait.
BATCHES_WITHOUT_ANSWER = 3

Push = Callable[[Sequence[Change]], Sequence[Outcome]]


@dataclass(frozen=True)
class Part:
    """A batch, or a piece of one, with one outcome for each row. `error`: nobody answered."""

    rows: Sequence[Planned]
    outcomes: Sequence[Outcome]
    error: DestinationError | None = None


@dataclass(frozen=True)
class _Done:
    """A batch has nothing more to tell. `error` ends the run."""

    error: BaseException | None


_Message = Part | _Done


class _Line:
    """Batches under way, and what comes back from them."""

    def __init__(self, push: Push) -> None:
        self._push = push
        self._answers: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self.under_way = 0
        self.operation: Operation | None = None

    def start(self, batch: Sequence[Planned]) -> None:
        """Send a batch, and let its answers come in."""
        self.under_way += 1
        self.operation = batch[0].change.operation
        # A daemon: whoever ends the program at once does not wait for the destination.
        threading.Thread(target=self._send, args=(batch,), daemon=True).start()

    def next(self) -> _Message:
        """Wait for the next answer."""
        message = self._answers.get()
        self.under_way -= isinstance(message, _Done)
        return message

    def _send(self, batch: Sequence[Planned]) -> None:
        error: BaseException | None = None
        try:
            for part in deliver(batch, self._push):
                self._answers.put(part)
        except BaseException as problem:  # noqa: BLE001  (whatever it is, the run has to hear of it)
            error = problem
        self._answers.put(_Done(error))


def send(
    batches: Iterable[Sequence[Planned]],
    push: Push,
    intend: Callable[[Sequence[Planned]], None],
    keep: Callable[[Part], None],
    stopped: Callable[[], int],
    in_flight: int,
) -> DestinationError | None:
    """Send batch after batch, until the end, until somebody says stop, or until an error.

    `intend` is called in this thread for every batch before it is sent, `keep` for every part of
    it that was answered, before the next batch takes its place. Operations do not overlap. Gives
    the error that ended it, where that is the destination's; any other is raised.
    """
    line, silent = _Line(push), 0
    waiting = iter(batches)
    batch = next(waiting, None)
    error: BaseException | None = None
    while line.under_way or (batch and not error and not stopped()):
        while (
            batch
            and not error
            and not stopped()
            and line.under_way < in_flight
            and (not line.under_way or line.operation == batch[0].change.operation)
        ):
            intend(batch)
            line.start(batch)
            batch = next(waiting, None)
        if not line.under_way:
            break
        message = line.next()
        if isinstance(message, _Done):
            error = error or message.error
            continue
        keep(message)
        silent = silent + 1 if message.error else 0
        if silent == BATCHES_WITHOUT_ANSWER:
            error = error or message.error
    if error is None or isinstance(error, DestinationError):
        return error
    raise error


def deliver(batch: Sequence[Planned], push: Push) -> Iterator[Part]:
    """Send one batch; halve it for as long as it is refused, until the bad row is alone."""
    waiting = [batch]
    while waiting:
        rows = waiting.pop()
        began = time.monotonic()
        try:
            answer = push([planned.change for planned in rows])
        except BatchRefused as refusal:
            if len(rows) == 1:
                token = rows[0].change.token
                yield Part(rows, [Outcome(token, "rejected", None, refusal.code, str(refusal))])
            else:
                middle = len(rows) // 2
                waiting += [rows[middle:], rows[:middle]]
        except (Retriable, Ambiguous) as error:
            yield Part(rows, [_pending(planned, error) for planned in rows], error)
        except DestinationError as error:
            # Nothing else will succeed: neither these rows nor the pieces that still wait.
            tried = [planned for part in [rows, *waiting[::-1]] for planned in part]
            yield Part(tried, [_pending(planned, error) for planned in tried], error)
            raise
        else:
            yield Part(rows, _matched(rows, answer))
        _tell(rows, time.monotonic() - began)


def _pending(planned: Planned, error: DestinationError) -> Outcome:
    return Outcome(
        planned.change.token, "pending", error_code=error.ledger_code, message=str(error)
    )


def _matched(rows: Sequence[Planned], answer: Sequence[Outcome]) -> list[Outcome]:
    """Give one outcome for each row; one that the answer does not mention is pending."""
    by_token = {outcome.token: outcome for outcome in answer}
    tokens = [planned.change.token for planned in rows]
    return [by_token.get(token, Outcome(token, "pending")) for token in tokens]


def _tell(rows: Sequence[Planned], seconds: float) -> None:
    log.info(
        "batch sent",
        extra={
            "event": "batch",
            "operation": rows[0].change.operation,
            "rows": len(rows),
            "seconds": round(seconds, 3),
        },
    )
