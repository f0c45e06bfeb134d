"""Ask destinations what became of the calls that they took and worked off later.

What was accepted and came to nothing is rejected from then on: the next run sends it again. What
nobody could be asked about for too long is unknown, and stays accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sync.changes import Collected, Collects
from sync.config import Sync
from sync.errors import DestinationError
from sync.ledger import IN_DOUBT, IN_FLIGHT, SENT, Ledger, next_moment, utc_now
from sync.render import distinct, payloads

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
    "in_doubt",
    "destination_id",
    "attempts",
    "accepted_at",
)
# What an accepted write may let go of, and what was known of a row before a run began to send it.
KNOWN = ("payload", "destination_id", "in_doubt")


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
    for request in list(open_calls(sync, ledger)):
        if request["sent_at"] <= oldest:
            _write(sync, ledger, request, UNKNOWN, None, [])
            yield _found(sync, ledger, request, UNKNOWN)
            continue
        try:
            answer = destination.collect(request["request_id"])
        except DestinationError as error:
            yield _found(sync, ledger, request, UNANSWERED, error=str(error))
            continue
        found_by = destination.capabilities.found_by
        failed = list(_failed_rows(sync, ledger, request, answer, found_by))
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


def open_calls(sync: Sync, ledger: Ledger) -> Iterator[Mapping[str, Any]]:
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
    sync: Sync,
    ledger: Ledger,
    request: Mapping[str, Any],
    answer: Collected,
    found_by: frozenset[str],
) -> Iterator[dict[str, Any]]:
    """Give the rows that came to nothing, each with its code; not those written again since."""
    if not answer.failed and answer.status != "failed":
        return
    seen: set[str] = set()
    for row in _rows_of(sync, ledger, request):
        code = answer.failed.get(row["request_row"])
        if (code or answer.status == "failed") and row["row_key"] not in seen:
            seen.add(row["row_key"])
            yield {**row, **_kept(row, found_by), "error_code": code or REQUEST_FAILED}


def _rows_of(sync: Sync, ledger: Ledger, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the rows of a call that were not written again since, with what was known before."""
    return ledger.warehouse.rows(
        f"""
        with intents as (
            select run_id, row_key, {", ".join(KNOWN)}
            from {ledger.table("sync_state")}
            where account = ? and sync_name = ? and error_code = '{IN_FLIGHT}'
        ),
        named as (
            {_named(ledger, "request")}
            union all
            {_named(ledger, "former_request")}
        )
        select
            {", ".join(f"state.{name}" for name in STATE)},
            {", ".join(f"intents.{name} as known_{name}" for name in KNOWN)},
            log.token,
            log.request_row
        from named as log
        inner join {ledger.table("sync_state_current")} as state
            on
                log.account = state.account
                and log.sync_name = state.sync_name
                and log.row_key = state.row_key
                and log.run_id = state.run_id
        left join intents
            on state.row_key = intents.row_key and state.run_id = intents.run_id
        where
            log.account = ? and log.sync_name = ? and log.request_id = ?
            and log.status = 'accepted' and state.status = 'accepted'
        order by log.request_row, log.token
        """,  # noqa: S608  (names of our own tables)
        (ledger.account, sync.name, ledger.account, sync.name, request["request_id"]),
    )


def _named(ledger: Ledger, call: str) -> str:
    """Give the query for the rows of calls, by a pair of columns that names the call."""
    return f"""
            select account, sync_name, run_id, row_key, token, status,
                {call}_id as request_id, {call}_row as request_row
            from {ledger.table("sync_log")}
            where {call}_id is not null
    """  # noqa: S608  (names of our own tables)


def _kept(row: Mapping[str, Any], found_by: frozenset[str]) -> dict[str, Any]:
    """Give what is known of a row that came to nothing: whatever was there before may be still.

    A removal that was accepted left nothing by which to repeat it, and one of a former address
    that address.
    """
    payload = row["payload"] or row["known_payload"]
    before = json.loads(row["known_payload"] or "{}")
    doubts = [*payloads(row["in_doubt"]), *payloads(row["known_in_doubt"]), before]
    return {
        "payload": payload,
        "destination_id": row["destination_id"] or row["known_destination_id"],
        "in_doubt": distinct(doubts, found_by, but=json.loads(payload or "{}")),
    }


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
