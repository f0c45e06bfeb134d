"""Runs a sync: plan, send in batches, write down what came of each before sending the next.

A kill at any point loses the answers of one batch at most; the next run sends those rows again.
"""

from __future__ import annotations

import math
import secrets
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from types import FrameType

from sync.changes import Capabilities, Destination, Operation, Outcome, Status
from sync.config import SendWhen, Sync
from sync.errors import Ambiguous, BatchRefused, DestinationError, Retriable
from sync.ledger import Ledger, utc_now
from sync.planner import Plan, Planned, Policy, make_plan

Stopped = Callable[[], bool]
Advance = Callable[[int], None]

# A destination that answered none of these batches in a row is down: the rest would only wait.
BATCHES_WITHOUT_ANSWER = 3


@dataclass
class Result:
    """What a run came to. sent = accepted + rejected + pending; planned − sent was not tried."""

    run_id: str
    plan: Plan
    outcomes: Counter[Status] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    error: DestinationError | None = None
    interrupted: bool = False

    @property
    def sent(self) -> int:
        """The rows that were tried."""
        return self.outcomes.total()

    @property
    def status(self) -> str:
        """One word for the run, as sync_runs keeps it."""
        if self.error:
            return "stopped"
        if self.interrupted:
            return "interrupted"
        return "succeeded" if self.sent == self.outcomes["accepted"] else "incomplete"

    @property
    def exit_code(self) -> int:
        """What the command ends with; 130 is the shell's own for Ctrl-C."""
        if self.error:
            return self.error.exit_code
        return 130 if self.interrupted else int(self.status != "succeeded")

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Add the outcomes of a batch."""
        for outcome in outcomes:
            self.outcomes[outcome.status] += 1
            if outcome.status != "accepted":
                self.errors[outcome.error_code or "no answer for the row"] += 1


def policy(sync: Sync) -> Policy:
    """Give the planner's view of a sync: its thresholds by the destination's field names."""
    when, names = sync.meta.send_when or SendWhen(), sync.meta.fields
    days = when.at_least_every_days
    return Policy(
        name=sync.name,
        model=sync.model,
        mode=sync.meta.mode,
        any_change=frozenset(names[column] for column in when.any_change),
        moved={names[column]: Decimal(str(value)) for column, value in when.moved.items()},
        at_least_every=timedelta(days=days) if days else None,
        sends_all=sync.meta.send_when is None,
        types={field.name: field.type for field in (*sync.fields, *sync.create_fields)},
    )


def plan_sync(sync: Sync, ledger: Ledger) -> Plan:
    """Say what a run would do, without sending. Raises GuardError."""
    return make_plan(ledger.entries(sync), policy(sync), utc_now())


def run_sync(
    sync: Sync,
    plan: Plan,
    destination: Destination,
    ledger: Ledger,
    *,
    advance: Advance = lambda _rows: None,
    stopped: Stopped = lambda: False,
) -> Result:
    """Send a plan. Errors of the destination end up in the result, not in the air."""
    result = Result(run_id=f"{utc_now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}", plan=plan)
    _record_run(ledger, sync, result, "running")
    try:
        for batch, outcomes in _send(plan, destination, stopped):
            ledger.add_outcomes(sync, result.run_id, batch, outcomes)
            result.count(outcomes)
            advance(len(batch))
    except DestinationError as error:
        result.error = error
    result.interrupted = stopped() and result.sent < len(plan.changes)
    if not result.error and not result.interrupted and result.sent != len(plan.changes):
        raise RuntimeError(f"{len(plan.changes)} rows planned, {result.sent} accounted for")
    _record_run(ledger, sync, result, result.status)
    return result


Sent = tuple[Sequence[Planned], list[Outcome]]


def _send(plan: Plan, destination: Destination, stopped: Stopped) -> Iterator[Sent]:
    """Send batch after batch, until the end or until somebody says stop."""
    silent = 0
    for batch in batches(plan.changes, destination.capabilities):
        if stopped():
            return
        for part, outcomes, error in _deliver(batch, destination):
            yield part, outcomes
            silent = silent + 1 if error else 0
            if error and silent == BATCHES_WITHOUT_ANSWER:
                raise error


def batches(changes: Sequence[Planned], capabilities: Capabilities) -> Iterator[Sequence[Planned]]:
    """Cut changes into batches of one operation each, updates first."""
    order: tuple[Operation, ...] = ("update", "upsert", "create", "remove")
    for operation in order:
        rows = [planned for planned in changes if planned.change.operation == operation]
        for start in range(0, len(rows), capabilities.max_batch):
            yield rows[start : start + capabilities.max_batch]


def estimate(plan: Plan, capabilities: Capabilities) -> tuple[int, float]:
    """Give the calls a plan needs, and the seconds they take at the destination's limit."""
    calls = sum(1 for _ in batches(plan.changes, capabilities))
    return calls, math.ceil(len(plan.changes) / capabilities.rows_per_second * 10) / 10


def _deliver(
    batch: Sequence[Planned], destination: Destination
) -> Iterator[tuple[Sequence[Planned], list[Outcome], DestinationError | None]]:
    """Send one batch; halve it for as long as it is refused, until the bad row is alone."""
    waiting = [batch]
    while waiting:
        part = waiting.pop()
        try:
            answer = destination.push([planned.change for planned in part])
        except BatchRefused as refusal:
            if len(part) == 1:
                token = part[0].change.token
                yield part, [Outcome(token, "rejected", None, refusal.code, str(refusal))], None
            else:
                middle = len(part) // 2
                waiting += [part[middle:], part[:middle]]
        except (Retriable, Ambiguous) as error:
            yield part, [_pending(planned, error) for planned in part], error
        else:
            yield part, _matched(part, answer), None


def _pending(planned: Planned, error: DestinationError) -> Outcome:
    code = type(error).__name__.lower()
    return Outcome(planned.change.token, "pending", error_code=code, message=str(error))


def _matched(part: Sequence[Planned], answer: Sequence[Outcome]) -> list[Outcome]:
    """Give one outcome for each row; one that the answer does not mention is pending."""
    by_token = {outcome.token: outcome for outcome in answer}
    tokens = [planned.change.token for planned in part]
    return [by_token.get(token, Outcome(token, "pending")) for token in tokens]


def _record_run(ledger: Ledger, sync: Sync, result: Result, status: str) -> None:
    plan = result.plan
    ledger.add_run(
        {
            "run_id": result.run_id,
            "sync_name": sync.name,
            "target": ledger.warehouse.target,
            "status": status,
            "rows_read": plan.rows_read,
            "unchanged": plan.unchanged,
            "held_back": plan.held_back.total(),
            "skipped": plan.skipped,
            "planned": len(plan.changes),
            "accepted": result.outcomes["accepted"],
            "rejected": result.outcomes["rejected"],
            "pending": result.outcomes["pending"],
            "error": str(result.error) if result.error else None,
            "recorded_at": utc_now(),
        }
    )


@contextmanager
def finish_on_interrupt() -> Iterator[Stopped]:
    """Let the first Ctrl-C finish the batch in flight; a second one ends at once."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
