"""What to write, decided from rows and from what the destination accepted before. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sync.changes import Change, FieldType, Mode, Operation
from sync.errors import GuardError
from sync.render import Payload, digest, fingerprint

Entry = tuple["Row", "State | None"]


@dataclass(frozen=True)
class Row:
    """One row of a sync model, rendered. `create_only` holds what only a new record is given."""

    key: str
    record_id: str | None
    unique_key: str
    payload: Payload
    create_only: Payload


@dataclass(frozen=True)
class State:
    """What the ledger knows of one row.

    `fingerprint` and `payload` are those of the last write that was accepted (None: never);
    `status` is that of the last write that was tried. `attempts` counts the tries since then.
    """

    fingerprint: str | None
    payload: Payload | None
    destination_id: str | None
    status: str
    attempts: int
    accepted_at: datetime | None


@dataclass(frozen=True)
class Policy:
    """How a sync treats its rows. The names are those of the destination's fields."""

    name: str
    model: str
    mode: Mode
    any_change: frozenset[str] = frozenset()
    moved: Mapping[str, Decimal] = field(default_factory=dict)
    at_least_every: timedelta | None = None
    sends_all: bool = True
    types: Mapping[str, FieldType] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """A change to send, and what the ledger needs to remember it."""

    change: Change
    fingerprint: str
    payload: Payload
    before: State | None

    @property
    def differences(self) -> dict[str, tuple[str | None, str | None]]:
        """Give each field that changes with its old and new value."""
        before = (self.before and self.before.payload) or {}
        return {
            name: (before.get(name), value)
            for name, value in self.payload.items()
            if name not in before or before[name] != value
        }


@dataclass
class Plan:
    """What one run would do. Every row read is in exactly one of the counts."""

    changes: list[Planned] = field(default_factory=list)
    rows_read: int = 0
    unchanged: int = 0
    skipped: int = 0
    resent: int = 0
    held_back: Counter[str] = field(default_factory=Counter)

    def count(self, *operations: Operation) -> int:
        """Give the number of changes of these operations."""
        return sum(planned.change.operation in operations for planned in self.changes)


def make_plan(entries: Iterable[Entry], policy: Policy, now: datetime) -> Plan:
    """Decide for each row whether it is sent, and how.

    Raises GuardError for a null or repeated key and for a model without rows.
    """
    plan = Plan()
    for row, state in _guarded(entries, policy):
        plan.rows_read += 1
        _decide(plan, row, state, policy, now)
    return plan


def _guarded(entries: Iterable[Entry], policy: Policy) -> Iterator[Entry]:
    seen: set[str] = set()
    rows = repeated = empty = 0
    for row, state in entries:
        rows += 1
        empty += not row.key
        repeated += bool(row.key) and row.key in seen
        seen.add(row.key)
        yield row, state
    if problems := _broken_promises(rows, empty, repeated):
        raise GuardError(
            f"{policy.name}: {policy.model} {' and '.join(problems)}; nothing was sent. "
            f"Look at it with: dbt test --select {policy.model}"
        )


def _broken_promises(rows: int, empty: int, repeated: int) -> list[str]:
    found = [] if rows else ["has no rows"]
    found += [f"has {empty:,} rows without a key"] if empty else []
    return found + ([f"has {repeated:,} rows with a key seen before"] if repeated else [])


def _decide(plan: Plan, row: Row, state: State | None, policy: Policy, now: datetime) -> None:
    record_id = row.record_id or (state.destination_id if state else None)
    if record_id is None and policy.mode == "update":
        plan.skipped += 1
        return
    planned = _planned(row, state, record_id, policy)
    reason = _why_not(planned, policy, now)
    if reason is None:
        plan.changes.append(planned)
        plan.resent += state is not None and state.status != "accepted"
    elif reason == "":
        plan.unchanged += 1
    else:
        plan.held_back[reason] += 1


def _planned(row: Row, state: State | None, record_id: str | None, policy: Policy) -> Planned:
    # A key that now stands for another record starts afresh there.
    moved = state and row.record_id and state.destination_id not in (None, row.record_id)
    if state and moved:
        state = replace(state, fingerprint=None, payload=None, accepted_at=None)
    mark = fingerprint(row.payload)
    change = Change(
        token=digest(f"{policy.name}\0{row.key}\0{mark}")[:32],
        key=row.key,
        operation="update" if record_id else _creation(policy.mode),
        record_id=record_id,
        unique_key=row.unique_key,
        fields=row.payload if record_id else {**row.create_only, **row.payload},
        types=policy.types,
    )
    return Planned(change=change, fingerprint=mark, payload=row.payload, before=state)


def _creation(mode: Mode) -> Operation:
    return "create" if mode == "create" else "upsert"


def _why_not(planned: Planned, policy: Policy, now: datetime) -> str | None:
    """Say why a row is not sent: "" for no change, None where it is sent."""
    before = planned.before
    # After a failure nobody knows what the record holds, so no threshold applies.
    if before is None or before.payload is None or before.status != "accepted":
        return None
    if before.fingerprint == planned.fingerprint or not planned.differences:
        return ""
    if policy.sends_all or _is_due(before, policy, now):
        return None
    return _held_back(planned, before.payload, policy)


def _is_due(before: State, policy: Policy, now: datetime) -> bool:
    if policy.at_least_every is None or before.accepted_at is None:
        return False
    return now - before.accepted_at >= policy.at_least_every


def _held_back(planned: Planned, accepted: Payload, policy: Policy) -> str | None:
    reasons = []
    for name, (old, new) in planned.differences.items():
        if name not in accepted or name in policy.any_change:
            return None
        if (threshold := policy.moved.get(name)) is None:
            continue
        # Appearing and disappearing is a move of any size.
        if old is None or new is None or abs(Decimal(new) - Decimal(old)) >= threshold:
            return None
        reasons.append(f"{name} moved by less than {threshold.normalize():f}")
    return ", ".join(reasons) or "no change that send_when names"
