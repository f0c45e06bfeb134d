"""What was sent where, kept as rows in the warehouse. Rows are only ever added.

The tables are defined by the macro ledger_tables(); what a row of sync_state means is said at
planner.State. Times here are real time: the ledger records what happened, it decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.changes import Outcome
from sync.config import Sync
from sync.errors import ConfigError, GuardError, WarehouseError
from sync.planner import Entry, Planned, Row, State
from sync.render import canonical, render
from sync.warehouse import Record, Warehouse

VERSION = 2


@dataclass(frozen=True)
class Ledger:
    """The ledger of one account. Make it with open_ledger()."""

    warehouse: Warehouse
    account: str

    def table(self, name: str) -> str:
        """Give the quoted name of one of its tables."""
        return self.warehouse.relation(name, schema=_schema(self.warehouse))

    def entries(self, sync: Sync) -> Iterator[Entry]:
        """Stream the rows of a sync's model, each with what the ledger knows of it."""
        if not self.warehouse.exists(sync.table, schema=sync.schema):
            raise ConfigError(f"{sync.model} is not in the warehouse yet. Build it with: dbt build")
        model = self.warehouse.relation(sync.table, schema=sync.schema, database=sync.database)
        columns = ", ".join(f"model.{column}" for column in _columns(sync))
        sql = f"""
            select {columns}, state.fingerprint as _fingerprint, state.payload as _payload,
                state.destination_id as _destination_id, state.status as _status,
                state.attempts as _attempts, state.accepted_at as _accepted_at
            from {model} as model
            left join {self.table("sync_state_current")} as state
                on state.row_key = cast(model.{sync.meta.key} as {self.warehouse.text_type})
                and state.account = ? and state.sync_name = ?
            order by model.{sync.meta.key}
        """  # noqa: S608
        for record in self.warehouse.rows(sql, (self.account, sync.name)):
            yield _row(sync, record), _state(record)

    def add_run(self, row: Mapping[str, object]) -> None:
        """Add a row to sync_runs; the latest one of a run is what it came to."""
        with self.warehouse.transaction():
            self.warehouse.insert(self.table("sync_runs"), [{"account": self.account, **row}])

    def add_outcomes(
        self, sync: Sync, run_id: str, batch: Sequence[Planned], outcomes: Sequence[Outcome]
    ) -> None:
        """Add what came of a batch to sync_log and sync_state, both or neither."""
        common = {
            "account": self.account,
            "sync_name": sync.name,
            "run_id": run_id,
            "recorded_at": utc_now(),
        }
        pairs = list(zip(batch, outcomes, strict=True))
        with self.warehouse.transaction():
            self.warehouse.insert(
                self.table("sync_log"), [common | _log_row(*pair) for pair in pairs]
            )
            self.warehouse.insert(
                self.table("sync_state"),
                [common | _state_row(*pair, common["recorded_at"]) for pair in pairs],
            )


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
    (row,) = warehouse.rows(f"select max(version) as found from {ledger.table('ledger_version')}")  # noqa: S608
    if row["found"] > VERSION:
        raise ConfigError(
            f"the ledger in schema {_schema(warehouse)} has layout {row['found']}, which is newer "
            f"than the {VERSION} that this version of Decile knows. Update Decile."
        )
    return int(row["found"])


def utc_now() -> datetime:
    """Give the time as the ledger keeps it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def _schema(warehouse: Warehouse) -> str:
    return f"{warehouse.schema}_ledger"


def _columns(sync: Sync) -> list[str]:
    meta = sync.meta
    named = [meta.key, meta.record_id, meta.unique_key, *meta.fields, *meta.create_fields]
    return list(dict.fromkeys(column for column in named if column))


def _row(sync: Sync, record: Record) -> Row:
    def text(column: str | None) -> str | None:
        if column is None or record[column] is None:
            return None
        try:
            return render(record[column], sync.types[column])
        except ValueError as problem:
            raise GuardError(
                f"{sync.name}: {sync.model}.{column} holds a value that is {problem}, which its "
                f"contract does not allow; nothing was sent. Build the model again."
            ) from None

    return Row(
        key=text(sync.meta.key) or "",
        record_id=text(sync.meta.record_id),
        unique_key=text(sync.meta.unique_key) or "",
        payload={field.name: text(field.column) for field in sync.fields},
        create_only={field.name: text(field.column) for field in sync.create_fields},
    )


def _state(record: Record) -> State | None:
    if record["_status"] is None:
        return None
    payload = record["_payload"]
    return State(
        fingerprint=record["_fingerprint"],
        payload=None if payload is None else json.loads(payload),
        destination_id=record["_destination_id"],
        status=record["_status"],
        attempts=record["_attempts"],
        accepted_at=record["_accepted_at"],
    )


def _log_row(planned: Planned, outcome: Outcome) -> dict[str, object]:
    return {
        "row_key": planned.change.key,
        "token": planned.change.token,
        "operation": planned.change.operation,
        "status": outcome.status,
        "destination_id": outcome.destination_id or planned.change.record_id,
        "error_code": outcome.error_code,
        "message": outcome.message,
    }


def _state_row(planned: Planned, outcome: Outcome, now: object) -> dict[str, object]:
    """Attempted minus failed: a write that failed leaves what was accepted before."""
    accepted, before = outcome.status == "accepted", planned.before
    kept = (
        (planned.fingerprint, canonical(planned.payload), now)
        if accepted
        else _accepted_before(before)
    )
    return {
        "row_key": planned.change.key,
        "fingerprint": kept[0],
        "payload": kept[1],
        "destination_id": outcome.destination_id or planned.change.record_id,
        "status": outcome.status,
        "attempts": 0 if accepted else (before.attempts if before else 0) + 1,
        "error_code": outcome.error_code,
        "accepted_at": kept[2],
    }


def _accepted_before(before: State | None) -> tuple[object, object, object]:
    if before is None or before.payload is None:
        return None, None, None
    return before.fingerprint, canonical(before.payload), before.accepted_at
