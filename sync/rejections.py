"""The rows that a destination has not accepted, by what it said of them. Keys, and no person."""

from __future__ import annotations

from typing import Any

from sync.ledger import Ledger, open_ledger
from sync.personal import shown_key
from sync.scrub import scrub
from sync.session import Session

Json = dict[str, Any]
KEYS_SHOWN = 3
NO_CODE = "no answer for the row"


def read_rejections(session: Session, name: str | None) -> list[Json]:
    """Give one entry for each account, sync, state and error code, the most frequent first."""
    ledger = open_ledger(session.warehouse, "")
    names = [sync.name for sync in session.chosen(name)]
    found: dict[tuple[str, ...], Json] = {}
    for row in _failing(ledger):
        if row["sync_name"] not in names:
            continue
        code = row["error_code"] or NO_CODE
        entry = found.setdefault(
            (row["account"], row["sync_name"], row["status"], code),
            {
                "sync": row["sync_name"],
                "account": row["account"],
                "state": row["status"],
                "error_code": code,
                "rows": 0,
                "since": row["since"],
                "attempts": 0,
                "message": scrub(row["message"]) if row["message"] else None,
                "keys": [],
            },
        )
        entry["rows"] += row["row_count"]
        entry["attempts"] = max(entry["attempts"], row["attempts"] or 0)
        entry["since"] = min(entry["since"], row["since"])
        keys = [row["first_key"], row["last_key"], *entry["keys"]]
        entry["keys"] = sorted({shown_key(key) for key in keys})[:KEYS_SHOWN]
    for entry in found.values():
        entry["since"] = entry["since"].isoformat(sep=" ", timespec="seconds")
    return sorted(
        found.values(),
        key=lambda one: (one["account"], one["sync"], -one["rows"], one["error_code"]),
    )


def _failing(ledger: Ledger) -> list[Json]:
    """Give the failing rows by state, code and what was said last, most frequent first."""
    sql = f"""
        with failing as (
            select
                account, sync_name, row_key, status, error_code, attempts, run_id, accepted_at
            from {ledger.table("sync_state_current")}
            where status <> 'accepted'
        ),

        tries as (
            select
                failing.account,
                failing.sync_name,
                failing.row_key,
                min(log.recorded_at) as since,
                max(case when log.run_id = failing.run_id then log.message end) as message
            from failing
            inner join {ledger.table("sync_log")} as log
                on
                    failing.account = log.account
                    and failing.sync_name = log.sync_name
                    and failing.row_key = log.row_key
            where
                log.status <> 'accepted'
                and log.recorded_at > coalesce(failing.accepted_at, timestamp '1970-01-01')
            group by failing.account, failing.sync_name, failing.row_key
        )

        select
            failing.account,
            failing.sync_name,
            failing.status,
            failing.error_code,
            tries.message,
            count(*) as row_count,
            max(failing.attempts) as attempts,
            min(tries.since) as since,
            min(failing.row_key) as first_key,
            max(failing.row_key) as last_key
        from failing
        inner join tries
            on
                failing.account = tries.account
                and failing.sync_name = tries.sync_name
                and failing.row_key = tries.row_key
        group by
            failing.account, failing.sync_name, failing.status, failing.error_code, tries.message
        order by count(*) desc, tries.message
    """  # noqa: S608  (names of our own tables)
    return list(ledger.warehouse.rows(sql))
