"""The present of every sync, read off the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.alerts import deliver, firing, last_success, of_time, wants_alerts
from sync.config import Sync
from sync.destinations.connection import SANDBOX
from sync.lease import open_leases
from sync.ledger import Ledger, open_ledger
from sync.processes import described, is_dead
from sync.session import Session

Json = dict[str, Any]


def read_status(session: Session) -> list[Json]:
    """Give, for each account and sync, its last run and how many rows are in each state."""
    ledger = open_ledger(session.warehouse, "")
    states, syncs = _rows_by_state(ledger), {sync.name: sync for sync in session.syncs}
    return [
        {
            "sync": run["sync_name"],
            "account": run["account"],
            "run_id": run["run_id"],
            "at": _moment(run["recorded_at"]),
            "sent": run["accepted"] + run["rejected"] + run["pending"],
            **{name: run[name] for name in _SHOWN},
            **_beyond_the_run(session, run, syncs.get(run["sync_name"])),
            "rows": states.get((run["account"], run["sync_name"]), {}),
        }
        for run in _last_runs(ledger)
    ]


_SHOWN = (
    "target",
    "planned",
    "accepted",
    "rejected",
    "pending",
    "unchanged",
    "held_back",
    "skipped",
    "blocked",
    "error_code",
    "error",
)


def check_alerts(session: Session, tell: Callable[[str], None]) -> list[Json]:
    """Look at the alerts of every sync, tell what changed, and give those that hold.

    A sync is looked at for every account it was sent to from this target; for the sandbox only
    where there is no other.
    """
    found = []
    for sync in filter(wants_alerts, session.syncs):
        for account in _accounts(session, sync):
            ledger = open_ledger(session.warehouse, account)
            deliver(sync, ledger, list(of_time(sync, ledger)), tell)
            found += [
                {"sync": sync.name, "account": account, "alert": alert}
                for alert in firing(sync, ledger)
            ]
    return found


def _accounts(session: Session, sync: Sync) -> list[str]:
    ledger = open_ledger(session.warehouse, "")
    rows = ledger.warehouse.rows(
        f"""
        select distinct account from {ledger.table("sync_runs")}
        where sync_name = ? and target = ?
        order by account
        """,  # noqa: S608  (names of our own tables)
        (sync.name, session.warehouse.target),
    )
    accounts = [row["account"] for row in rows]
    return [account for account in accounts if account != SANDBOX] or [SANDBOX]


def _beyond_the_run(session: Session, run: Json, sync: Sync | None) -> Json:
    ledger = Ledger(session.warehouse, run["account"])
    leases = [
        lease
        for lease in open_leases(ledger, run["sync_name"])
        if lease.until > session.warehouse.now() and not is_dead(lease.holder)
    ]
    # On DuckDB whoever reads this holds the file: no other run goes on.
    killed = run["status"] == "running" and not any(
        lease.run_id == run["run_id"] for lease in leases
    )
    success = last_success(sync, ledger) if sync else None
    return {
        "status": "killed" if killed else run["status"],
        "last_success": _moment(success) if success else None,
        "resumes_at": _moment(run["resumes_at"]) if run["resumes_at"] else None,
        "held_by": [
            {"by": described(lease.holder), "since": _moment(lease.since)} for lease in leases
        ],
        "alerts": firing(sync, ledger) if sync else [],
    }


def _moment(value: Any) -> str:
    return str(value.isoformat(sep=" ", timespec="seconds"))


def _last_runs(ledger: Ledger) -> list[Json]:
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
                        order by
                            coalesce(run_number, 0) desc, recorded_at desc,
                            case when status = 'running' then 1 else 0 end
                    ) as recency
                from {ledger.table("sync_runs")} as runs
            ) as numbered
            where recency = 1
            order by account, sync_name
            """  # noqa: S608  (names of our own tables)
        )
    )


def _rows_by_state(ledger: Ledger) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in ledger.warehouse.rows(
        f"""
        select account, sync_name, status, count(*) as row_count
        from {ledger.table("sync_state_current")}
        group by account, sync_name, status
        """  # noqa: S608  (names of our own tables)
    ):
        found.setdefault((row["account"], row["sync_name"]), {})[row["status"]] = row["row_count"]
    return found
