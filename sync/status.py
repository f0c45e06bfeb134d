"""The present of every sync, read off the ledger."""

from __future__ import annotations

from typing import Any

from sync.ledger import Ledger, open_ledger
from sync.session import Session


def read_status(session: Session) -> list[dict[str, Any]]:
    """Give, for each account and sync, its last run and how many rows are in each state."""
    ledger = open_ledger(session.warehouse, "")
    states = _rows_by_state(ledger)
    return [
        {
            "sync": run["sync_name"],
            "account": run["account"],
            "run_id": run["run_id"],
            "at": run["recorded_at"].isoformat(sep=" ", timespec="seconds"),
            "sent": run["accepted"] + run["rejected"] + run["pending"],
            **{name: run[name] for name in _SHOWN},
            "rows": states.get((run["account"], run["sync_name"]), {}),
        }
        for run in _last_runs(ledger)
    ]


_SHOWN = (
    "target",
    "status",
    "planned",
    "accepted",
    "rejected",
    "pending",
    "unchanged",
    "held_back",
    "skipped",
    "error",
)


def _last_runs(ledger: Ledger) -> list[dict[str, Any]]:
    # A run has a row at its start and one at its end; the same clock tick cannot order them.
    return list(
        ledger.warehouse.rows(
            f"""
            select *
            from (
                select
                    runs.*,
                    row_number() over (
                        partition by account, sync_name
                        order by recorded_at desc, case when status = 'running' then 1 else 0 end
                    ) as recency
                from {ledger.table("sync_runs")} as runs
            ) as numbered
            where recency = 1
            order by account, sync_name
            """  # noqa: S608
        )
    )


def _rows_by_state(ledger: Ledger) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in ledger.warehouse.rows(
        f"""
        select account, sync_name, status, count(*) as row_count
        from {ledger.table("sync_state_current")}
        group by account, sync_name, status
        """  # noqa: S608
    ):
        found.setdefault((row["account"], row["sync_name"]), {})[row["status"]] = row["row_count"]
    return found
