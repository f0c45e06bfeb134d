"""Asking destinations to erase what was sent of a person, and what has to be kept until they have.

Of a row that is not erased yet no more is kept than a later attempt needs: where it is, and what
it can be found by there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sync.changes import Capabilities, Change, Outcome
from sync.config import Sync
from sync.destinations.connection import Connection
from sync.errors import ConfigError, DestinationError
from sync.forget_sent import Row, Sent, able_of
from sync.ledger import GONE, IN_DOUBT, SENT, next_moment
from sync.place import differences, place_of
from sync.render import Payload, canonical, digest, distinct
from sync.session import Session

Connect = Callable[[Sync], AbstractContextManager[Connection]]

# No later attempt will find who cannot be told apart from anybody.
NAMELESS = frozenset({"NO_IDENTIFIER", "NO_ADDRESS", "NO_EMAIL", "NO_KEY"})
NOT_CONFIRMED = "asked, not yet confirmed: run decile collect, then this again"
NOT_ABLE = "it cannot erase: do it there by hand"
CLEARS = "it cannot erase; what was sent is cleared or removed"


@dataclass(frozen=True)
class Answer:
    """What became of the rows of one sync. `ids` are the destination's own, of what is there still.

    `asked` counts those that the destination works off later, and has not confirmed yet. `again`: a
    later run can do more.
    """

    account: str
    sync_name: str
    destination: str
    rows: int
    erased: int = 0
    cleared: int = 0
    asked: int = 0
    why: str | None = None
    ids: tuple[str, ...] = ()
    again: bool = False


@dataclass
class Kept:
    """Rows for the tables of the ledger, of what is not erased yet, or not confirmed."""

    sync_state: list[Mapping[str, object]] = field(default_factory=list)
    sync_log: list[Mapping[str, object]] = field(default_factory=list)
    sync_requests: list[Mapping[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """The forgetting, as the ledger names it."""

    run_id: str
    number: int


@dataclass(frozen=True)
class _Told:
    """What a destination made of rows, by their keys. `why`: of all of them."""

    destination: str
    able: Capabilities | None
    outcomes: Mapping[str, Outcome]
    why: str | None = None

    def of(self, row: Row) -> Outcome:
        """Give what became of a row."""
        return self.outcomes.get(row.now["row_key"], Outcome("", "pending"))

    def can_find(self, row: Row) -> bool:
        """Tell whether another attempt may do more."""
        return self.why != NOT_ABLE and self.of(row).error_code not in NAMELESS


def erase_sent(session: Session, sent: Sent, connect: Connect, run: Run, kept: Kept) -> Answer:
    """Have one account erase what one sync sent. Errors end up in the answer."""
    told = _told(session, sent, connect)
    erases = told.able is None or told.able.erases
    done, asked, left = len(sent.standing("gone")), len(sent.standing("asked")), []
    before = len(kept.sync_state)
    for row in sent.standing("asked"):
        kept.sync_state.append(_state(row, told.able))
        kept.sync_log += row.log
    requests: Counter[str] = Counter()
    for row in sent.standing("there"):
        outcome = told.of(row)
        if outcome.status != "accepted":
            left.append(row)
            if told.can_find(row):
                kept.sync_state.append(_state(row, told.able) | {"fingerprint": IN_DOUBT})
        elif outcome.request_id:
            asked += 1
            requests[outcome.request_id] += 1
            _keep_asked(kept, row, told, outcome, run)
        else:
            done += 1
    kept.sync_requests += [
        _named(sent, run) | {"request_id": name, "row_count": count, "status": SENT}
        for name, count in requests.items()
    ]
    return Answer(
        sent.account,
        sent.sync_name,
        told.destination,
        rows=len(sent.rows),
        erased=done if erases else 0,
        cleared=0 if erases else done,
        asked=asked,
        why=_why(told, asked=asked, erases=erases),
        ids=tuple(str(row.now["destination_id"]) for row in left if row.now["destination_id"]),
        again=len(kept.sync_state) > before,
    )


def _told(session: Session, sent: Sent, connect: Connect) -> _Told:
    sync = next((one for one in session.syncs if one.name == sent.sync_name), None)
    if sync is None:
        return _Told("?", None, {}, "this project has no such sync any more")
    destination, able = sync.meta.destination, able_of(session, sync.name)
    rows = sent.standing("there")
    if not rows:
        return _Told(destination, able, {})
    try:
        with connect(sync) as connection:
            if connection.account != sent.account:
                why = f"the settings lead to the account {connection.account}"
                return _Told(destination, able, {}, why)
            session.check_target(connection, destination)
            here = place_of(destination, sync.goes_to, connection)
            if found := differences(sync, session.ledger(connection), here):
                why = f"the settings lead to another place: {', '.join(found)}"
                return _Told(destination, able, {}, why)
            able = connection.destination.capabilities
            if not able.erases and not able.removal:
                return _Told(destination, able, {}, NOT_ABLE)
            return _Told(destination, able, dict(_outcomes(sent, rows, connection, able)))
    except (ConfigError, DestinationError) as error:
        return _Told(destination, able, {}, str(error))


def _outcomes(
    sent: Sent, rows: Sequence[Row], connection: Connection, able: Capabilities
) -> Iterator[tuple[str, Outcome]]:
    for start in range(0, len(rows), able.max_batch):
        batch = [_change(sent, row, able) for row in rows[start : start + able.max_batch]]
        try:
            answers = {one.token: one for one in connection.destination.push(batch)}
        except DestinationError as error:
            code = error.ledger_code
            answers = {one.token: Outcome(one.token, "pending", None, code) for one in batch}
        for change in batch:
            yield change.key, answers.get(change.token, Outcome(change.token, "pending"))


def _change(sent: Sent, row: Row, able: Capabilities) -> Change:
    last, others = _parted(row)
    named = {name for one in row.sent for name in one}
    return Change(
        token=_token(sent, row, able),
        key=row.now["row_key"],
        operation="erase" if able.erases else "remove",
        record_id=row.now["destination_id"],
        unique_key=row.now["unique_key"] or "",
        fields={} if able.erases else dict.fromkeys(sorted(named)),
        previous=last,
        in_doubt=others[::-1],
    )


def _parted(row: Row) -> tuple[Payload, Sequence[Payload]]:
    """Give what was accepted last, and what else was sent."""
    return (row.sent[0], row.sent[1:]) if row.now["payload"] else ({}, row.sent)


def _token(sent: Sent, row: Row, able: Capabilities) -> str:
    operation = "erase" if able.erases else "remove"
    return digest(f"{sent.sync_name}\0{row.now['row_key']}\0{operation}")[:32]


def _keep_asked(kept: Kept, row: Row, told: _Told, outcome: Outcome, run: Run) -> None:
    """Keep what it takes to ask again, and to know for whom the destination speaks later."""
    named = {name: row.now[name] for name in ("account", "sync_name", "row_key", "contact_id")}
    now = next_moment()
    common = {
        **named,
        "run_id": run.run_id,
        "run_number": run.number,
        "operation": "erase",
        "status": "accepted",
        "destination_id": row.now["destination_id"],
        "error_code": None,
        "recorded_at": now,
    }
    kept.sync_state.append(
        _state(row, told.able) | common | {"fingerprint": None, "attempts": 0, "accepted_at": now}
    )
    kept.sync_log.append(
        common
        | {
            "token": outcome.token,
            "request_id": outcome.request_id,
            "request_row": outcome.request_row,
        }
    )


def _state(row: Row, able: Capabilities | None) -> dict[str, object]:
    """Give the row as it has to stay: without history, and no more of it than it is found by."""
    names = {name for one in row.sent for name in one}
    found_by = able.found_by if able else names
    known, rest = _parted(row)
    state = {name: value for name, value in row.now.items() if name != "recency"} | GONE
    return state | {
        "fingerprint": row.now["fingerprint"],
        "payload": canonical(
            {name: cell if name in found_by else None for name, cell in known.items()}
        )
        if known
        else None,
        "in_doubt": distinct(rest[::-1], found_by, but=known),
    }


def _named(sent: Sent, run: Run) -> dict[str, object]:
    return {
        "account": sent.account,
        "sync_name": sent.sync_name,
        "run_id": run.run_id,
        "run_number": run.number,
        "recorded_at": next_moment(),
    }


def _why(told: _Told, *, asked: int, erases: bool) -> str | None:
    codes = {
        one.error_code or "no answer" for one in told.outcomes.values() if one.status != "accepted"
    }
    said = [told.why] if told.why else sorted(codes)
    said += [NOT_CONFIRMED] if asked else []
    return ", ".join(said) or (None if erases else CLEARS)
