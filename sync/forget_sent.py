"""What was sent of a person, and asking each destination to erase it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby

from sync.changes import Capabilities, Change, Outcome
from sync.config import Sync
from sync.destinations.connection import Connection
from sync.errors import ConfigError, DestinationError
from sync.forget_tables import Finder, Table
from sync.ledger import Ledger
from sync.render import digest
from sync.session import Session
from sync.warehouse import Record

Connect = Callable[[Sync], AbstractContextManager[Connection]]


@dataclass(frozen=True)
class Sent:
    """Rows of one sync that an account took, or may have taken."""

    account: str
    sync_name: str
    rows: tuple[Record, ...]


@dataclass(frozen=True)
class Answer:
    """What became of them. `ids` are the destination's own, of rows that are still there.

    `again`: a later run can do more.
    """

    account: str
    sync_name: str
    destination: str
    rows: int
    erased: int = 0
    cleared: int = 0
    why: str | None = None
    ids: tuple[str, ...] = ()
    again: bool = False


def find_sent(finder: Finder, ledger: Ledger) -> list[Sent]:
    """Find what any account was sent, by the latest row of each key."""
    columns = next((one.columns for one in finder.tables if one.name == "sync_state"), frozenset())
    name = "sync_state_current"
    current = Table(name, name, ledger.table(name), columns)
    rows = finder.rows(
        current,
        "account, sync_name, row_key, unique_key, destination_id, payload",
        "(accepted_at is not null or status = 'pending')",
    )
    key = ("account", "sync_name", "row_key")
    ordered = sorted(rows, key=lambda row: tuple(str(row[name]) for name in key))
    return [
        Sent(account, sync_name, tuple(group))
        for (account, sync_name), group in groupby(
            ordered, key=lambda row: (str(row["account"]), str(row["sync_name"]))
        )
    ]


def erase_sent(session: Session, sent: Sent, connect: Connect) -> Answer:
    """Have one account erase what one sync sent. Errors end up in the answer."""
    sync = next((one for one in session.syncs if one.name == sent.sync_name), None)
    if sync is None:
        return _untouched(sent, "?", "this project has no such sync any more")
    destination = sync.meta.destination
    try:
        with connect(sync) as connection:
            if connection.account != sent.account:
                why = f"the settings lead to the account {connection.account}"
                return _untouched(sent, destination, why)
            session.check_target(connection)
            return _erase(sent, destination, connection)
    except ConfigError:
        why = f"target {session.warehouse.target} is not listed for it in sync_targets"
        return _untouched(sent, destination, why)
    except DestinationError as error:
        return _untouched(sent, destination, str(error))


def _erase(sent: Sent, destination: str, connection: Connection) -> Answer:
    able = connection.destination.capabilities
    if not able.erases and not able.removal:
        return _untouched(sent, destination, "it cannot erase: do it there by hand", again=False)
    outcomes = list(_outcomes(sent, connection, able))
    accepted = [outcome.status == "accepted" for outcome in outcomes]
    left = [row for row, done in zip(sent.rows, accepted, strict=True) if not done]
    codes = {outcome.error_code or "no answer" for outcome in outcomes if _failed(outcome)}
    cleared = "" if able.erases else "it cannot erase; what was sent is cleared or removed"
    return Answer(
        sent.account,
        sent.sync_name,
        destination,
        rows=len(outcomes),
        erased=sum(accepted) if able.erases else 0,
        cleared=0 if able.erases else sum(accepted),
        why=", ".join(sorted(codes)) or cleared or None,
        ids=_ids(left),
        again=bool(left),
    )


def _outcomes(sent: Sent, connection: Connection, able: Capabilities) -> Iterator[Outcome]:
    for start in range(0, len(sent.rows), able.max_batch):
        batch = [_change(sent, row, able) for row in sent.rows[start : start + able.max_batch]]
        try:
            answers = {one.token: one for one in connection.destination.push(batch)}
        except DestinationError as error:
            code = error.ledger_code
            yield from (Outcome(change.token, "pending", error_code=code) for change in batch)
        else:
            yield from (
                answers.get(change.token, Outcome(change.token, "pending")) for change in batch
            )


def _change(sent: Sent, row: Record, able: Capabilities) -> Change:
    operation, fields = ("erase", {}) if able.erases else ("remove", _cleared(row))
    return Change(
        token=digest(f"{sent.sync_name}\0{row['row_key']}\0{operation}")[:32],
        key=row["row_key"],
        operation="erase" if able.erases else "remove",
        record_id=row["destination_id"],
        unique_key=row["unique_key"] or "",
        fields=fields,
        previous=json.loads(row["payload"] or "{}"),
    )


def _cleared(row: Record) -> dict[str, str | None]:
    return dict.fromkeys(json.loads(row["payload"] or "{}"))


def _failed(outcome: Outcome) -> bool:
    return outcome.status != "accepted"


def _ids(rows: Sequence[Record]) -> tuple[str, ...]:
    return tuple(str(row["destination_id"]) for row in rows if row["destination_id"])


def _untouched(sent: Sent, destination: str, why: str, *, again: bool = True) -> Answer:
    return Answer(
        sent.account,
        sent.sync_name,
        destination,
        rows=len(sent.rows),
        why=why,
        ids=_ids(sent.rows),
        again=again,
    )
