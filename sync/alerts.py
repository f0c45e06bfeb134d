"""Alerts of a sync: what holds now, and one message for each change of it.

The states are rows of sync_alerts, by channel. A message is sent first and recorded then: one
that failed is tried again by the next run, and a crash between the two repeats one message, with
the same id. Whatever goes wrong here is a warning: no sync fails for its alerts.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from sync.alert_channels import CHANNELS, Message
from sync.changes import Status
from sync.config import Sync
from sync.errors import ConfigError, DecileError, DestinationError, GuardError
from sync.ledger import Ledger, utc_now

Kind = Literal["stopped", "failed_share", "hours_since_success"]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Finding:
    """Whether an alert holds, and the numbers that say so."""

    alert: Kind
    firing: bool
    detail: str

    @property
    def state(self) -> str:
        """The word that sync_alerts keeps."""
        return "firing" if self.firing else "resolved"


@dataclass(frozen=True)
class _Told:
    state: str
    recorded_at: datetime


def tell_alerts(
    sync: Sync,
    ledger: Ledger,
    result_status: str,
    failed: int,
    sent: int,
    tell: Tell,
    *,
    run_id: str | None = None,
    error: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Tell what a run changed about the alerts of its sync. `failed` and `sent` are rows."""
    if not wants_alerts(sync):
        return
    try:
        findings = [*of_run(sync, result_status, failed, sent, error), *of_time(sync, ledger)]
        deliver(sync, ledger, findings, tell, run_id=run_id, environment=environment)
    except Exception as problem:  # noqa: BLE001  (the run is over and recorded: it keeps its result)
        tell(f"{sync.name}: its alerts could not be looked at: {_named(problem)}")


class _Result(Protocol):
    """What a run came to, as the engine has it."""

    @property
    def status(self) -> str: ...
    @property
    def sent(self) -> int: ...
    @property
    def outcomes(self) -> Mapping[Status, int]: ...
    @property
    def error(self) -> Exception | None: ...


@contextmanager
def alerting(
    sync: Sync, ledger: Ledger, run_id: str, tell: Tell
) -> Iterator[Callable[[_Result], None]]:
    """Tell the alerts of a run by its result; of one that was refused, by its error."""

    def ended(result: _Result) -> None:
        failed = result.sent - result.outcomes.get("accepted", 0)
        error = str(result.error) if result.error else None
        counts = (result.status, failed, result.sent)
        tell_alerts(sync, ledger, *counts, tell, run_id=run_id, error=error)

    try:
        yield ended
    except (ConfigError, GuardError, DestinationError) as error:
        tell_alerts(sync, ledger, "stopped", 0, 0, tell, run_id=run_id, error=str(error))
        raise


def wants_alerts(sync: Sync) -> bool:
    """Tell whether the exposure says anything about alerts."""
    meta = sync.meta.alerts
    return bool(meta.to or meta.max_failed_share is not None or meta.max_hours_since_success)


def of_run(
    sync: Sync, status: str, failed: int, sent: int, error: str | None = None
) -> Iterator[Finding]:
    """Say what a run shows. One that was interrupted shows nothing."""
    ended = status in ("succeeded", "incomplete")
    if status == "stopped":
        yield Finding("stopped", firing=True, detail=f"the run stopped. {error or ''}".strip())
    elif ended:
        yield Finding("stopped", firing=False, detail="a run came to its end again.")
    most = sync.meta.alerts.max_failed_share
    if most is None or not (sent or ended):
        return
    share = failed / sent if sent else 0.0
    words = f"{failed:,} of {sent:,} rows were rejected or are pending ({share:.1%}"
    yield Finding("failed_share", firing=share > most, detail=f"{words}; at most {most:.1%}).")


def of_time(sync: Sync, ledger: Ledger) -> Iterator[Finding]:
    """Say how long ago the sync last went well."""
    hours = sync.meta.alerts.max_hours_since_success
    if hours is None:
        return
    last = last_success(sync, ledger)
    if last is None:
        yield Finding("hours_since_success", firing=True, detail="it has never succeeded.")
        return
    since = utc_now() - last
    words = f"the last success was at {last:%Y-%m-%d %H:%M} UTC"
    yield Finding(
        "hours_since_success",
        firing=since > timedelta(hours=hours),
        detail=f"{words}, {since / timedelta(hours=1):,.1f} hours ago; at most {hours:g}.",
    )


def last_success(sync: Sync, ledger: Ledger) -> datetime | None:
    """Give the end of the last run whose failed rows, if any, are within what may fail."""
    (row,) = ledger.warehouse.rows(
        f"""
        select max(recorded_at) as last
        from {ledger.table("sync_runs")}
        where account = ? and sync_name = ?
            and coalesce(command, 'sync') <> 'retry'
            and status in ('succeeded', 'incomplete')
            and rejected + pending <= ? * (accepted + rejected + pending)
        """,  # noqa: S608  (names of our own tables)
        (ledger.account, sync.name, sync.meta.alerts.max_failed_share or 0.0),
    )
    return row["last"]  # type: ignore[no-any-return]  # a row is untyped, a moment it is


def deliver(
    sync: Sync,
    ledger: Ledger,
    findings: list[Finding],
    tell: Tell,
    *,
    run_id: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Send one message for each state that a channel has not been told."""
    told = _told(sync, ledger)
    for finding in findings:
        for channel in ("log", *sync.meta.alerts.to):
            before = told.get((finding.alert, channel))
            if finding.state == (before.state if before else "resolved"):
                continue
            message = _message(sync, ledger, finding, before, channel, run_id)
            if channel == "log":
                tell(message.text)
            try:
                CHANNELS[channel](message, environment)
            except DecileError as problem:
                tell(f"{sync.name}: the alert could not be sent by {channel}: {problem}")
                continue
            _record(sync, ledger, finding, channel, run_id)


def firing(sync: Sync, ledger: Ledger) -> list[str]:
    """Give the alerts of a sync that hold, as last recorded."""
    told = _told(sync, ledger)
    return sorted(
        alert for (alert, channel), last in told.items() if (channel, last.state) == _LOG_FIRING
    )


_LOG_FIRING = ("log", "firing")


def _told(sync: Sync, ledger: Ledger) -> dict[tuple[str, str], _Told]:
    rows = ledger.warehouse.rows(
        f"""
        select alert, channel, state, recorded_at
        from {ledger.table("sync_alerts")}
        where account = ? and sync_name = ?
        order by recorded_at
        """,  # noqa: S608  (names of our own tables)
        (ledger.account, sync.name),
    )
    return {(row["alert"], row["channel"]): _Told(row["state"], row["recorded_at"]) for row in rows}


def _record(sync: Sync, ledger: Ledger, finding: Finding, channel: str, run_id: str | None) -> None:
    row = {
        "account": ledger.account,
        "sync_name": sync.name,
        "alert": finding.alert,
        "channel": channel,
        "state": finding.state,
        "detail": finding.detail,
        "run_id": run_id,
        "recorded_at": utc_now(),
    }
    with ledger.warehouse.transaction():
        ledger.warehouse.insert(ledger.table("sync_alerts"), [row])


def _message(
    sync: Sync,
    ledger: Ledger,
    finding: Finding,
    before: _Told | None,
    channel: str,
    run_id: str | None,
) -> Message:
    # The same as long as nothing was recorded since: so a repetition has the same id.
    last = before.recorded_at.isoformat() if before else ""
    named = "|".join((ledger.account, sync.name, finding.alert, finding.state, channel, last))
    return Message(
        id=f"alert_{hashlib.sha256(named.encode()).hexdigest()[:32]}",
        sync=sync.name,
        account=ledger.account,
        alert=finding.alert,
        state=finding.state,
        detail=finding.detail,
        run_id=run_id,
        at=f"{utc_now():%Y-%m-%dT%H:%M:%SZ}",
    )


def _named(problem: Exception) -> str:
    """Only our own errors are known to name nobody."""
    return str(problem) if isinstance(problem, DecileError) else type(problem).__name__
