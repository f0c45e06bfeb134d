"""What a plan must come to, said a second time: one row after the other, in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sync.changes import Mode

Payload = dict[str, str | None]


@dataclass(frozen=True)
class Row:
    """A row of a sync model, as text."""

    key: str
    record_id: str | None
    contact: str | None
    payload: Payload


@dataclass(frozen=True)
class State:
    """What the ledger knows of a row. `payload` was accepted last; None: nothing is there."""

    payload: Payload | None
    destination_id: str | None
    status: str
    operation: str
    contact: str | None = None
    in_doubt: bool = False


@dataclass(frozen=True)
class Rules:
    """How a sync treats its rows. `moved` and `always` are None where every change is sent."""

    mode: Mode
    removes: bool = True
    always: frozenset[str] | None = None
    moved: dict[str, Decimal] | None = None
    due: bool = False
    full: bool = False
    only_failed: bool = False
    blocked: frozenset[str] = frozenset()
    blocked_if_new: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()
    new_needs_contact: bool = False
    needs_contact: bool = False


def decide(
    row: Row | None, state: State | None, rules: Rules, written: set[str]
) -> tuple[str, str]:
    """Give the decision and the operation ("" where nothing is sent).

    `written` are the record ids of the rows of the model that nothing blocks.
    """
    if row is None:
        return _gone(state, rules, written) if state else ("", "")
    if row.contact in rules.blocked or (rules.needs_contact and row.contact is None):
        removes = rules.mode in ("mirror", "audience") and rules.removes and _was_sent(state)
        if state and (state.destination_id in written or _waits(state, rules)):
            removes = False
        return ("send", "remove") if removes else ("blocked", "")
    settled = _settled(row, state)
    if settled and (
        rules.mode == "append" or not rules.full and state and state.payload == row.payload
    ):
        return "unchanged", ""
    known = row.record_id or (state and state.destination_id)
    there = known is not None or bool(state and state.payload is not None)
    as_sent = settled and state and state.payload and not differing(row.payload, state.payload)
    if as_sent and not rules.full:
        return "unchanged", ""
    if rules.mode == "update" and not there:
        return "skipped", ""
    if rules.mode == "create" and (row.record_id or settled):
        return "skipped", ""
    if rules.only_failed and (state is None or state.status == "accepted"):
        return "skipped", ""
    nobody = rules.new_needs_contact and row.contact is None
    if not there and (row.contact in rules.blocked_if_new or nobody):
        return "blocked", ""
    creation = "upsert" if rules.mode in ("upsert", "mirror") else "create"
    operation = "update" if there else creation
    if not settled or rules.full:
        return "send", operation
    assert state is not None
    assert state.payload is not None
    return _weigh(row.payload, state.payload, rules, operation)


def differing(new: Payload, old: Payload) -> list[str]:
    """Give the fields that would change what was accepted."""
    return [name for name in new if name not in old or old[name] != new[name]]


def _weigh(new: Payload, old: Payload, rules: Rules, operation: str) -> tuple[str, str]:
    if rules.always is None:
        return "send", operation
    for name in differing(new, old):
        before, after = old.get(name), new[name]
        if name not in old or name in rules.always:
            return "send", operation
        if (least := (rules.moved or {}).get(name)) is None:
            continue
        if before is None or after is None or abs(Decimal(after) - Decimal(before)) >= least:
            return "send", operation
    return ("send", operation) if rules.due else ("held_back", "")


def _gone(state: State, rules: Rules, written: set[str]) -> tuple[str, str]:
    if not _was_sent(state) or not rules.removes or state.destination_id in written:
        return "", ""
    merged = rules.mode in ("update", "upsert") and state.contact in rules.merged
    removes = rules.mode in ("mirror", "audience") or merged
    return ("send", "remove") if removes and not _waits(state, rules) else ("", "")


def _waits(state: State, rules: Rules) -> bool:
    return rules.only_failed and state.status == "accepted"


def _was_sent(state: State | None) -> bool:
    if state is None:
        return False
    lost = state.status == "pending" and state.operation != "remove"
    return state.payload is not None or state.in_doubt or lost


def _settled(row: Row, state: State | None) -> bool:
    if state is None or state.status != "accepted" or state.payload is None:
        return False
    return row.record_id is None or state.destination_id in (None, row.record_id)
