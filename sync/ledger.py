"""What was sent where, kept as rows in the warehouse. Rows are only ever added.

The tables are defined by the macro ledger_tables(); what a row of sync_state means is said at
planner.Before. Times here are real time: the ledger records what happened, it decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sync.changes import Outcome
from sync.config import Sync
from sync.errors import ConfigError, WarehouseError
from sync.planner import Planned
from sync.render import canonical, distinct, payloads
from sync.warehouse import Warehouse

VERSION = 4

# The error code of a row whose answer has not come, and never will if the run is dead.
IN_FLIGHT = "in_flight"
# That of a row that was refused along with all others, such as for the token.
REFUSED = "access_refused"
# The fingerprint of a row of which nothing was accepted, and which may be there nevertheless: an
# answer got lost. It stays until a write or a removal is accepted.
IN_DOUBT = ""
# What sync_requests says of a call that nobody asked about yet.
SENT = "sent"
# What is not known any more of a row whose removal was accepted.
GONE: dict[str, object] = {"fingerprint": None, "payload": None, "in_doubt": None}

_last_moment = datetime.min  # noqa: DTZ901  (the ledger's times carry no zone)


@dataclass(frozen=True)
class Ledger:
    """The ledger of one account. Make it with open_ledger()."""

    warehouse: Warehouse
    account: str

    def table(self, name: str) -> str:
        """Give the quoted name of one of its tables."""
        return self.warehouse.relation(name, schema=_schema(self.warehouse))

    def next_run_number(self) -> int:
        """Give the number of the run that begins now: one more than any before."""
        (row,) = self.warehouse.rows(
            f"select max(run_number) as last from {self.table('sync_runs')}"  # noqa: S608  (our own table)
        )
        return int(row["last"] or 0) + 1

    def add_run(self, row: Mapping[str, object]) -> None:
        """Add a row to sync_runs; the latest one of a run is what it came to."""
        with self.warehouse.transaction():
            self.warehouse.insert(self.table("sync_runs"), [{"account": self.account, **row}])

    def add_intents(self, sync: Sync, run: Run, batch: Sequence[Planned]) -> None:
        """Write down that a batch is about to be sent: its answer may never be heard.

        Without it, a row that was sent by a run that died, and then changed back or vanished,
        would look as if nothing had happened.
        """
        doubts = [Outcome(planned.change.token, "pending", None, IN_FLIGHT) for planned in batch]
        common = self._common(sync, run)
        with self.warehouse.transaction():
            self.warehouse.insert(
                self.table("sync_state"),
                [
                    common | _state_row(*pair, run, common["recorded_at"])
                    for pair in zip(batch, doubts, strict=True)
                ],
            )

    def add_outcomes(
        self, sync: Sync, run: Run, batch: Sequence[Planned], outcomes: Sequence[Outcome]
    ) -> None:
        """Add what came of a batch to the tables of the ledger, all or nothing."""
        common = self._common(sync, run)
        pairs = list(zip(batch, outcomes, strict=True))
        with self.warehouse.transaction():
            self.warehouse.insert(
                self.table("sync_log"), [common | _log_row(*pair) for pair in pairs]
            )
            self.warehouse.insert(
                self.table("sync_state"),
                [common | _state_row(*pair, run, common["recorded_at"]) for pair in pairs],
            )
            named = [(outcome.former_request_id, outcome.request_id) for outcome in outcomes]
            requests = Counter(name for pair in named for name in pair if name)
            self.warehouse.insert(
                self.table("sync_requests"),
                [
                    common | {"request_id": name, "row_count": count, "status": SENT}
                    for name, count in requests.items()
                ],
            )

    def _common(self, sync: Sync, run: Run) -> dict[str, object]:
        return {
            "account": self.account,
            "sync_name": sync.name,
            "run_id": run.run_id,
            "run_number": run.number,
            "recorded_at": next_moment(),
        }


@dataclass(frozen=True)
class Run:
    """A run as the ledger knows it. What is not said here is its destination's: see Capabilities.

    `place` is where it writes to, as JSON; None: nobody said.
    """

    run_id: str
    number: int
    removal: str | None
    place: str | None = None
    found_by: frozenset[str] = frozenset()
    unique_key_is: str | None = None


def open_ledger(warehouse: Warehouse, account: str) -> Ledger:
    """Give the ledger of an account; make it, or bring an older one to this version's layout."""
    ledger = Ledger(warehouse, account)
    if _version(ledger) < VERSION:
        try:
            warehouse.execute(warehouse.macro_sql("ledger_ddl"))
        except WarehouseError:
            # Somebody else may have done it at the same time.
            if _version(ledger) != VERSION:
                raise
    return ledger


def _version(ledger: Ledger) -> int:
    """Give the layout that is there, 0 where there is none. Refuses one of a later version."""
    warehouse = ledger.warehouse
    if not warehouse.exists("ledger_version", schema=_schema(warehouse)):
        return 0
    (row,) = warehouse.rows(f"select max(version) as found from {ledger.table('ledger_version')}")  # noqa: S608  (names of our own tables)
    if row["found"] > VERSION:
        raise ConfigError(
            f"the ledger in schema {_schema(warehouse)} has layout {row['found']}, which is newer "
            f"than the {VERSION} that this version of Decile knows. Update Decile."
        )
    return int(row["found"])


def utc_now() -> datetime:
    """Give the time as the ledger keeps it: UTC, without a zone."""
    return as_kept(datetime.now(UTC))


def next_moment() -> datetime:
    """Give the time, later than any given before: an outcome comes after its intent."""
    global _last_moment  # noqa: PLW0603  (one clock for the process)
    _last_moment = max(utc_now(), _last_moment + timedelta(microseconds=1))
    return _last_moment


def as_kept(moment: datetime) -> datetime:
    """Give a time as the ledger keeps it; one without a zone is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _schema(warehouse: Warehouse) -> str:
    return f"{warehouse.schema}_ledger"


def _both(planned: Planned, outcome: Outcome) -> dict[str, object]:
    return {
        "row_key": planned.change.key,
        "contact_id": planned.contact_id,
        "operation": planned.change.operation,
        "status": outcome.status,
        "destination_id": outcome.destination_id or planned.change.record_id,
        "error_code": outcome.error_code,
    }


def _log_row(planned: Planned, outcome: Outcome) -> dict[str, object]:
    return _both(planned, outcome) | {
        "token": planned.change.token,
        "message": outcome.message,
        "request_id": outcome.request_id,
        "request_row": outcome.request_row,
        "former_request_id": outcome.former_request_id,
        "former_request_row": outcome.former_request_row,
    }


def _state_row(planned: Planned, outcome: Outcome, run: Run, now: object) -> dict[str, object]:
    """Attempted minus failed: a write that failed leaves what was accepted before."""
    accepted, before = outcome.status == "accepted", planned.before
    removed = planned.change.operation == "remove"
    settled = outcome.status != "pending"
    # What was refused along with all others is not there for having been tried.
    is_known = settled or outcome.error_code == REFUSED
    # By the key that was accepted last somebody may be there still; a new one is in doubt.
    keeps_key = run.unique_key_is and before.fingerprint and not accepted
    row = _both(planned, outcome) | {
        "unique_key": before.unique_key if keeps_key else planned.change.unique_key or None,
        "fingerprint": before.fingerprint if is_known else before.fingerprint or IN_DOUBT,
        "payload": before.payload,
        "in_doubt": before.in_doubt if settled else _in_doubt(planned, run),
        "attempts": 0 if accepted else before.attempts + 1,
        "accepted_at": now if accepted else before.accepted_at,
    }
    if accepted and removed:
        # A record that was deleted has no id any more; one that was cleared keeps it.
        kept = row["destination_id"] if run.removal == "clear" else None
        return row | GONE | {"destination_id": kept, "in_doubt": _elsewhere(planned, run)}
    if accepted:
        return row | {
            "fingerprint": planned.fingerprint,
            "payload": canonical(planned.payload),
            "in_doubt": _elsewhere(planned, run),
        }
    return row


def _elsewhere(planned: Planned, run: Run) -> str | None:
    """Give by which other keys a record may have been made: a write by one clears no other."""
    if not run.unique_key_is or run.removal != "clear":
        return None
    doubts = payloads(planned.before.in_doubt)
    return distinct(doubts, run.found_by, but={run.unique_key_is: planned.change.unique_key})


def _in_doubt(planned: Planned, run: Run) -> str | None:
    """Add what is being sent to what may be there, as far as somebody is found by it."""
    change = planned.change
    doubts = [*payloads(planned.before.in_doubt), change.fields]
    if run.unique_key_is and change.operation != "remove":
        doubts.append({run.unique_key_is: change.unique_key})
    return distinct(doubts, run.found_by, but=change.previous)
