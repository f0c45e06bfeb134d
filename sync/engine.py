"""Runs a sync: plan, send in batches, write down what came of each before sending the next.

A kill at any point loses the answers of the batches in flight (one, unless the exposure says
more); the next run sends those rows again, with the same tokens.
"""

from __future__ import annotations

import logging
import secrets
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import Protocol

from sync.changes import Capabilities, Destination, Outcome, Status
from sync.config import Sync
from sync.errors import DestinationError, LeaseLost, QuotaExhausted
from sync.ledger import Ledger, Run, as_kept, utc_now
from sync.plan_guards import Allowed
from sync.planner import Plan, Planned, Scope, make_plan
from sync.render import canonical
from sync.sending import Part, send

log = logging.getLogger("decile")

# The number of the signal that asked for the end, and 0 as long as nobody did.
Stopped = Callable[[], int]
Advance = Callable[[int], None]


class Lease(Protocol):
    """The right to run a sync. renew() raises LeaseLost where somebody else took it."""

    def renew(self) -> None:
        """Keep it for longer."""


@dataclass
class Result:
    """What a run came to. sent = accepted + rejected + pending; planned − sent was not tried."""

    run_id: str
    plan: Plan
    outcomes: Counter[Status] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    error: DestinationError | LeaseLost | None = None
    interrupted: int = 0

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
        """What the command ends with; a shell's own numbers for Ctrl-C (130) and SIGTERM (143)."""
        if self.error:
            return self.error.exit_code
        if self.interrupted:
            return 143 if self.interrupted == signal.SIGTERM else 130
        return int(self.status != "succeeded")

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """Add the outcomes of a batch."""
        for outcome in outcomes:
            self.outcomes[outcome.status] += 1
            if outcome.status != "accepted":
                self.errors[outcome.error_code or "no answer for the row"] += 1


def plan_sync(
    sync: Sync,
    ledger: Ledger,
    capabilities: Capabilities,
    *,
    guards: Mapping[str, str] | None = None,
    new_guards: Mapping[str, str] | None = None,
    merged: str | None = None,
    full: bool = False,
    only_failed: bool = False,
    allowed: Allowed | None = None,
) -> Plan:
    """Say what a run would do, without sending. The options are those of make_plan()."""
    return make_plan(
        sync,
        Scope(ledger.account, ledger.table("sync_state"), guards or {}, merged, new_guards or {}),
        ledger.warehouse,
        capabilities,
        utc_now(),
        full=full,
        only_failed=only_failed,
        allowed=allowed,
    )


def new_run_id() -> str:
    """Give a name for a run that begins now; it sorts by time."""
    return f"{utc_now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def run_sync(
    sync: Sync,
    plan: Plan,
    destination: Destination,
    ledger: Ledger,
    *,
    run_id: str | None = None,
    command: str = "sync",
    place: Mapping[str, str] | None = None,
    lease: Lease | None = None,
    advance: Advance = lambda _rows: None,
    stopped: Stopped = lambda: 0,
) -> Result:
    """Send a plan. Errors of the destination end up in the result, not in the air.

    `place` is what names the place that it is sent to: see sync/place.py.
    """
    able = destination.capabilities
    result = Result(run_id=run_id or new_run_id(), plan=plan)
    number, where = ledger.next_run_number(), canonical(place) if place else None
    run = Run(result.run_id, number, able.removal, where, able.found_by, able.unique_key_is)
    _record_run(ledger, sync, run, result, command, "running")

    def keep(part: Part) -> None:
        ledger.add_outcomes(sync, run, part.rows, part.outcomes)
        result.count(part.outcomes)
        advance(len(part.rows))

    lost: list[LeaseLost] = []

    def over() -> int:
        """Asked before each batch: what is under way when the lease is lost is still kept."""
        try:
            if lease and not lost:
                lease.renew()
        except LeaseLost as error:
            lost.append(error)
        return len(lost) or stopped()

    def intend(batch: Sequence[Planned]) -> None:
        ledger.add_intents(sync, run, batch)

    in_flight = min(sync.meta.in_flight, able.max_in_flight)
    result.error = send(plan.batches(able), destination.push, intend, keep, over, in_flight)
    result.error = result.error or next(iter(lost), None)
    result.interrupted = stopped() if result.sent < plan.to_send else 0
    if not result.error and not result.interrupted and result.sent != plan.to_send:
        raise RuntimeError(f"{plan.to_send} rows planned, {result.sent} accounted for")
    _record_run(ledger, sync, run, result, command, result.status)
    return result


def _record_run(
    ledger: Ledger, sync: Sync, run: Run, result: Result, command: str, status: str
) -> None:
    plan = result.plan
    counts = {
        "rows_read": plan.rows_read,
        "unchanged": plan.unchanged,
        "held_back": plan.held_back.total(),
        "skipped": plan.skipped.total(),
        "blocked": plan.blocked.total(),
        "planned": plan.to_send,
        "accepted": result.outcomes["accepted"],
        "rejected": result.outcomes["rejected"],
        "pending": result.outcomes["pending"],
    }
    ledger.add_run(
        {
            "run_id": run.run_id,
            "run_number": run.number,
            "sync_name": sync.name,
            "target": ledger.warehouse.target,
            "host": socket.gethostname(),
            "command": command,
            "status": status,
            **counts,
            "error_code": result.error.ledger_code if result.error else None,
            "error": str(result.error) if result.error else None,
            "resumes_at": _resumes_at(result),
            "recorded_at": utc_now(),
            "place": run.place,
        }
    )
    log.info("run %s", status, extra={"event": "run", "sync": sync.name, **counts})


def _resumes_at(result: Result) -> datetime | None:
    error = result.error
    opens = error.resumes_at if isinstance(error, QuotaExhausted) else None
    return as_kept(opens) if opens else None


@contextmanager
def finish_on_interrupt() -> Iterator[Stopped]:
    """Let the first Ctrl-C or SIGTERM finish what is in flight; a second one ends at once."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(number, before[signal.Signals(number)])

    if threading.current_thread() is not threading.main_thread():
        yield lambda: 0
        return
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked[0] if asked else 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
