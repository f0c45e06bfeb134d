"""Ask destinations what became of the calls that they took and worked off later.

What was accepted and came to nothing is rejected from then on: the next run sends it again. What
nobody could be asked about for too long is unknown, and stays accepted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sync.changes import Collected, Collects
from sync.config import Sync
from sync.errors import DestinationError
from sync.ledger import IN_DOUBT, SENT, Ledger, next_moment, utc_now

# After so many days a destination has nothing more to say of a call.
DAYS = 7
REQUEST_FAILED = "REQUEST_FAILED"
UNKNOWN = "unknown"
# What the destination could not be asked: not written down, so that it is asked the next time.
UNANSWERED = "unanswered"
LATER = "The destination took the row, and said later that it came to nothing."
STATE = (
    "account",
    "sync_name",
    "row_key",
    "contact_id",
    "unique_key",
    "run_number",
    "run_id",
    "operation",
    "payload",
    "destination_id",
    "attempts",
    "accepted_at",
)
# What an accepted removal lets go of.
KNOWN = ("payload", "destination_id")


@dataclass(frozen=True)
class Found:
    """What became of one call. `failed` counts the rows that came to nothing."""

    sync: str
    account: str
    request_id: str
    sent_at: str
    status: str
    rows: int
    match_rate: str | None
    failed: int
    error: str | None = None


def collect(sync: Sync, ledger: Ledger, destination: Collects) -> Iterator[Found]:
    """Ask about each call that is not settled, write down what is said, and give it."""
    oldest = utc_now() - timedelta(days=DAYS)
    for request in list(_open(sync, ledger)):
        if request["sent_at"] <= oldest:
            _write(sync, ledger, request, UNKNOWN, None, [])
            yield _found(sync, ledger, request, UNKNOWN)
            continue
        try:
            answer = destination.collect(request["request_id"])
        except DestinationError as error:
            yield _found(sync, ledger, request, UNANSWERED, error=str(error))
            continue
        failed = list(_failed_rows(sync, ledger, request, answer))
        _write(sync, ledger, request, answer.status, answer.match_rate, failed)
        yield _found(sync, ledger, request, answer.status, answer.match_rate, len(failed))


def _found(
    sync: Sync,
    ledger: Ledger,
    request: Mapping[str, Any],
    status: str,
    match_rate: str | None = None,
    failed: int = 0,
    *,
    error: str | None = None,
) -> Found:
    return Found(
        sync.name,
        ledger.account,
        request["request_id"],
        request["sent_at"].isoformat(sep=" ", timespec="seconds"),
        status,
        request["row_count"],
        match_rate,
        failed,
        error,
    )


def _open(sync: Sync, ledger: Ledger) -> Iterator[Mapping[str, Any]]:
    """Give the calls of which it is not known what they came to, the oldest first."""
    return ledger.warehouse.rows(
        f"""
        select *
        from (
            select
                requests.*,
                min(recorded_at) over (partition by request_id) as sent_at,
                row_number() over (
                    partition by request_id
                    order by
                        recorded_at desc, case when status = '{SENT}' then 1 else 0 end
                ) as recency
            from {ledger.table("sync_requests")} as requests
            where account = ? and sync_name = ?
        ) as numbered
        where recency = 1 and status in ('{SENT}', 'processing')
        order by sent_at, request_id
        """,  # noqa: S608  (names of our own tables)
        (ledger.account, sync.name),
    )


def _failed_rows(
    sync: Sync, ledger: Ledger, request: Mapping[str, Any], answer: Collected
) -> Iterator[dict[str, Any]]:
    """Give the rows that came to nothing, each with its code; not those written again since."""
    if not answer.failed and answer.status != "failed":
        return
    rows = ledger.warehouse.rows(
        f"""
        with known as (
            select
                row_key,
                {", ".join(KNOWN)},
                row_number() over (
                    partition by row_key
                    order by run_number desc, recorded_at desc, attempts desc
                ) as recency
            from {ledger.table("sync_state")}
            where account = ? and sync_name = ? and payload is not null
        )
        select
            {", ".join(f"state.{name}" for name in STATE)},
            {", ".join(f"known.{name} as known_{name}" for name in KNOWN)},
            log.token,
            log.request_row
        from {ledger.table("sync_log")} as log
        inner join {ledger.table("sync_state_current")} as state
            on
                log.account = state.account
                and log.sync_name = state.sync_name
                and log.row_key = state.row_key
                and log.run_id = state.run_id
        left join known
            on state.row_key = known.row_key and known.recency = 1
        where
            log.account = ? and log.sync_name = ? and log.request_id = ?
            and log.status = 'accepted' and state.status = 'accepted'
        order by log.request_row
        """,  # noqa: S608  (names of our own tables)
        (ledger.account, sync.name, ledger.account, sync.name, request["request_id"]),
    )
    for row in rows:
        code = answer.failed.get(row["request_row"])
        if code or answer.status == "failed":
            # A removal that was accepted left nothing by which to repeat it.
            kept = {name: row[name] or row[f"known_{name}"] for name in KNOWN}
            yield {**row, **kept, "error_code": code or REQUEST_FAILED}


def _write(
    sync: Sync,
    ledger: Ledger,
    request: Mapping[str, Any],
    status: str,
    match_rate: str | None,
    failed: list[dict[str, Any]],
) -> None:
    """Add what was said, and what it means for the rows, all or nothing."""
    now = next_moment()
    told = {
        "account": ledger.account,
        "sync_name": sync.name,
        "run_id": request["run_id"],
        "run_number": request["run_number"],
        "request_id": request["request_id"],
        "row_count": request["row_count"],
        "status": status,
        "match_rate": match_rate,
        "failed_rows": len(failed),
        "recorded_at": now,
    }
    rejected = {"status": "rejected", "recorded_at": now}
    state = [
        # It may be there all the same, in part: a removal has to try.
        {name: row[name] for name in STATE}
        | rejected
        | {"fingerprint": IN_DOUBT, "error_code": row["error_code"], "attempts": 1}
        for row in failed
    ]
    kept = {"account", "sync_name", "row_key", "contact_id", "run_id", "run_number", "operation"}
    kept |= {"destination_id", "token", "error_code", "request_row"}
    log = [
        {name: row[name] for name in kept}
        | rejected
        | {"message": LATER, "request_id": request["request_id"]}
        for row in failed
    ]
    with ledger.warehouse.transaction():
        ledger.warehouse.insert(ledger.table("sync_requests"), [told])
        ledger.warehouse.insert(ledger.table("sync_state"), state)
        ledger.warehouse.insert(ledger.table("sync_log"), log)
