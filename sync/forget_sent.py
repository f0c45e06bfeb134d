"""What was sent of a person, and how it stands there: to be erased, asked for, or gone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from sync.changes import Capabilities
from sync.destinations import DESTINATIONS
from sync.forget_tables import Finder, Table
from sync.ledger import SENT, Ledger
from sync.render import Payload, payloads
from sync.session import Session
from sync.warehouse import Record

Standing = Literal["there", "asked", "gone"]
Name = tuple[str, str, str]

OPEN = frozenset({SENT, "processing"})


@dataclass(frozen=True)
class Row:
    """A row that an account took, or may have taken.

    `now` is what the ledger knows of it, `sent` all that was ever sent of it, the last first.
    `there`: it has to be erased. `asked`: that was asked for by the calls in `log`, which nobody
    has confirmed yet. `gone`: they were.
    """

    now: Record
    sent: tuple[Payload, ...]
    standing: Standing
    log: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Sent:
    """Rows of one sync that an account took, or may have taken."""

    account: str
    sync_name: str
    rows: tuple[Row, ...]

    def standing(self, standing: Standing) -> list[Row]:
        """Give the rows that stand so."""
        return [row for row in self.rows if row.standing == standing]


def find_sent(finder: Finder, ledger: Ledger) -> list[Sent]:
    """Find what any account was sent, by the latest row of each key; not what it let go of."""
    history: dict[Name, list[Record]] = defaultdict(list)
    for state in _rows(finder, ledger, "sync_state", "sync_state"):
        history[_name(state)].append(state)
    calls: dict[Name, list[Record]] = defaultdict(list)
    for call in _rows(finder, ledger, "sync_log", "sync_log"):
        if call["request_id"] and call["status"] == "accepted":
            calls[_name(call)].append(call)
    statuses = _statuses(ledger, (call for made in calls.values() for call in made))
    found = []
    for now in sorted(_rows(finder, ledger, "sync_state_current", "sync_state"), key=_name):
        log = [call for call in calls[_name(now)] if call["run_id"] == now["run_id"]]
        told = {statuses.get((*_name(call)[:2], call["request_id"]), SENT) for call in log}
        able = able_of(finder.session, now["sync_name"])
        if standing := _standing(now, told, able):
            former = sorted(history[_name(now)], key=_recency, reverse=True)
            if able and able.unique_key_is and now["destination_id"]:
                former = []  # An address that was theirs may be somebody else's; the id is not.
            sent = tuple(_sent([now, *former]))
            found.append(Row(now, sent, standing, tuple(log)))
    return [
        Sent(account, sync_name, tuple(rows))
        for (account, sync_name), rows in groupby(found, key=lambda row: _name(row.now)[:2])
    ]


def able_of(session: Session, sync_name: str) -> Capabilities | None:
    """Say what the destination of a sync can do; None: this project has no such sync."""
    found = next((one.meta for one in session.syncs if one.name == sync_name), None)
    return DESTINATIONS[found.destination].objects[found.object].capabilities if found else None


def _standing(row: Record, calls: set[str], able: Capabilities | None) -> Standing | None:
    """Tell how a row stands; None: it never was there, or was let go of."""
    if row["fingerprint"] is not None or row["status"] == "pending":
        return "there"
    if row["accepted_at"] is None:
        return None
    if row["status"] == "accepted" and row["operation"] in ("remove", "erase"):
        if calls & OPEN:
            return "asked"
        if not calls <= {"done"}:
            return "there"
        if row["operation"] == "erase":
            return "gone"
    # What was cleared has an id still. To erase by a key, which is never lost, may reach further.
    reaches_further = able is not None and able.erases and not able.found_by
    return "there" if row["destination_id"] is not None or reaches_further else None


def _sent(states: Sequence[Record]) -> Iterator[Payload]:
    """Give what rows of sync_state say was sent, each once."""
    seen = []
    for state in states:
        for one in [json.loads(state["payload"] or "{}"), *reversed(payloads(state["in_doubt"]))]:
            if one and one not in seen:
                seen.append(one)
                yield one


def _statuses(ledger: Ledger, calls: Iterable[Record]) -> Mapping[Name, str]:
    """Give what was said last of calls that were worked off later."""
    names = sorted({str(call["request_id"]) for call in calls})
    if not names:
        return {}
    rows = ledger.warehouse.rows(
        f"""
        select account, sync_name, request_id, status
        from {ledger.table("sync_requests")}
        where request_id in ({", ".join("?" for _ in names)})
        order by recorded_at, case when status = '{SENT}' then 0 else 1 end
        """,  # noqa: S608  (names of our own tables, marks alone)
        names,
    )
    return {(row["account"], row["sync_name"], row["request_id"]): row["status"] for row in rows}


def _rows(finder: Finder, ledger: Ledger, name: str, like: str) -> list[Record]:
    """Give the person's rows of a table of the ledger, or of a view with the columns of one."""
    columns = next((one.columns for one in finder.tables if one.name == like), frozenset[str]())
    return finder.rows(Table(name, name, ledger.table(name), columns), "*")


def _name(row: Record) -> Name:
    return (str(row["account"]), str(row["sync_name"]), str(row["row_key"]))


def _recency(row: Record) -> tuple[object, ...]:
    return (row["run_number"] or 0, row["recorded_at"], row["attempts"] or 0)
