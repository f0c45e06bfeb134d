"""What to write, decided in the warehouse; only rows that change leave it, a few at a time.

make_plan() compares every row of a sync model with what the destination accepted before, counts
what comes of it, and holds the plan against its guards. The SQL is in sync/plan_sql.py.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sync.changes import Capabilities, Change, FieldType, Operation
from sync.config import SendWhen, Sync
from sync.errors import ConfigError
from sync.plan_guards import Allowed, check_plan
from sync.plan_sql import Column, Question, compare_sql, decide_sql
from sync.render import Payload, canonical, digest, payloads
from sync.warehouse import Record, Warehouse

ROWS_AT_ONCE = 5_000

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Scope:
    """Where a plan looks, apart from the model: relations and queries, as quoted names and SQL.

    `guards`, `new_guards` and `merged` are as in plan_sql.Question. `account` is whose state
    counts.
    """

    account: str
    state: str
    guards: Mapping[str, str] = field(default_factory=dict)
    merged: str | None = None
    new_guards: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """What the ledger knows of a row that is to be written.

    `fingerprint` and `payload` (JSON) are those of the last write that was accepted (None: never,
    or removed since; an empty fingerprint: it may be there all the same); `in_doubt` is a JSON list
    of payloads that may be there too; `status` and `operation` are those of the last write that
    was tried, and `attempts` counts the tries since the last that was accepted.
    """

    fingerprint: str | None
    payload: str | None
    destination_id: str | None
    status: str | None
    operation: str | None
    attempts: int
    accepted_at: datetime | None
    in_doubt: str | None = None
    unique_key: str | None = None


@dataclass(frozen=True)
class Planned:
    """A change to send, and what the ledger needs to remember it. `reason`: of a removal."""

    change: Change
    contact_id: str | None
    fingerprint: str
    payload: Payload
    before: Before
    reason: str | None = None

    @property
    def differences(self) -> dict[str, tuple[str | None, str | None]]:
        """Give each field that changes with its old and new value."""
        before: Payload = json.loads(self.before.payload or "{}")
        return {
            name: (before.get(name), value)
            for name, value in self.change.fields.items()
            if name in self.payload or self.change.operation == "remove"
            if name not in before or before[name] != value
        }


@dataclass
class Plan:
    """What one run would do. Every row of the model is in exactly one of the counts.

    `held_back` is counted by threshold, `skipped` by reason, `blocked` by guard, and `operations`
    counts what is sent. `removed` counts removals by reason; those of rows that a guard blocks
    are rows of the model, the others are no longer in it. `there` is the number of rows that the
    destination holds by what it said. A plan is good for as long as its warehouse is open.
    """

    sync: Sync
    account: str
    warehouse: Warehouse
    table: str
    rows_read: int = 0
    there: int = 0
    unchanged: int = 0
    resent: int = 0
    operations: Counter[Operation] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    held_back: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)

    @property
    def to_send(self) -> int:
        """The number of changes."""
        return self.operations.total()

    def count(self, *operations: Operation) -> int:
        """Give the number of changes of these operations."""
        return sum(self.operations[operation] for operation in operations)

    def changes(self) -> Iterator[Planned]:
        """Read the changes out of the warehouse: removals first, and each operation together."""
        for start in range(0, self.to_send, ROWS_AT_ONCE):
            yield from self._between(start, start + ROWS_AT_ONCE)

    def sample(self, at_most: int) -> Iterator[Planned]:
        """Read changes from all over the plan: those that go first are the odd ones."""
        shown = min(at_most, self.to_send)
        if shown == self.to_send:
            yield from self.changes()
            return
        for number in range(shown):
            place = (2 * number + 1) * self.to_send // (2 * shown)
            yield from self._between(place, place + 1)

    def _between(self, after: int, last: int) -> Iterator[Planned]:
        types = {field.name: field.type for field in (*self.sync.fields, *self.sync.create_fields)}
        rows = self.warehouse.session_rows(
            f"select * from {self.table} where decision = 'send' "  # noqa: S608  (our own table)
            "and place > ? and place <= ? order by place",
            (after, last),
        )
        return (_planned(self.sync, self.account, types, row) for row in rows)

    def batches(self, capabilities: Capabilities) -> Iterator[list[Planned]]:
        """Cut the changes into batches of one operation each, as large as they may be."""
        for _, rows in itertools.groupby(self.changes(), lambda row: row.change.operation):
            while batch := list(itertools.islice(rows, capabilities.max_batch)):
                yield batch

    def estimate(self, capabilities: Capabilities) -> tuple[int, float]:
        """Give the calls that the plan needs, and the seconds at the destination's limit."""
        size = capabilities.rows_per_call or capabilities.max_batch
        calls = sum(-(-rows // size) for rows in self.operations.values())
        return calls, round(self.to_send / capabilities.rows_per_second + 0.05, 1)


def make_plan(
    sync: Sync,
    scope: Scope,
    warehouse: Warehouse,
    capabilities: Capabilities,
    now: datetime,
    *,
    full: bool = False,
    only_failed: bool = False,
    allowed: Allowed | None = None,
) -> Plan:
    """Decide for each row whether it is sent, and how.

    `full` sends what is unchanged or held back too; `only_failed` nothing but what failed before.
    Raises GuardError for a null or repeated key and for more changes than the sync's guards and
    `allowed` let through; ConfigError where the model was not built.
    """
    if not warehouse.exists(sync.table, schema=sync.schema):
        raise ConfigError(f"{sync.model} is not in the warehouse yet. Build it with: dbt build")
    question = question_of(sync, scope, warehouse, capabilities, full=full, only_failed=only_failed)
    number = next(_numbers)
    compared, decided = f"decile_compared_{number}", f"decile_decided_{number}"
    named = (scope.account, sync.name)
    due = now - timedelta(days=_send_when(sync).at_least_every_days or 100_000)
    comparing = compare_sql(question, warehouse)
    deciding = decide_sql(question, compared, warehouse)
    with warehouse.transaction():
        warehouse.keep_for_session(compared, comparing, named)
        warehouse.keep_for_session(decided, deciding, (*named, due))
    (rows,) = warehouse.session_rows(_ROWS.format(table=compared))
    plan = _counted(Plan(sync, scope.account, warehouse, decided), rows)
    check_plan(plan, rows, allowed or {})
    return plan


_ROWS = """
    select
        sum(case when is_in_model then 1 else 0 end) as in_model,
        sum(case when is_there then 1 else 0 end) as there,
        sum(case when standing = 'unchanged' then 1 else 0 end) as unchanged,
        sum(case when is_in_model and coalesce(row_key, '') = '' then 1 else 0 end) as empty_keys,
        count(case when is_in_model then nullif(row_key, '') end)
            - count(distinct case when is_in_model then nullif(row_key, '') end) as repeated_keys
    from {table}
"""


def _counted(plan: Plan, rows: Record) -> Plan:
    plan.rows_read = int(rows["in_model"] or 0)
    plan.there = int(rows["there"] or 0)
    plan.unchanged = int(rows["unchanged"] or 0)
    decisions = plan.warehouse.session_rows(
        f"""
        select decision, operation, reason, count(*) as row_count,
            sum(case when last_status <> 'accepted' then 1 else 0 end) as again
        from {plan.table}
        group by decision, operation, reason
        """  # noqa: S608  (our own table)
    )
    for row in decisions:
        _add(plan, row)
    return plan


def _add(plan: Plan, row: Record) -> None:
    decision, count, reason = row["decision"], int(row["row_count"]), row["reason"]
    if decision == "unchanged":
        plan.unchanged += count
    elif decision == "send":
        plan.operations[row["operation"]] += count
        plan.resent += int(row["again"] or 0)
        if row["operation"] == "remove":
            plan.removed[reason] += count
    elif decision != "left":
        counts = {"held_back": plan.held_back, "skipped": plan.skipped, "blocked": plan.blocked}
        counts[decision][reason] += count


def question_of(
    sync: Sync,
    scope: Scope,
    warehouse: Warehouse,
    capabilities: Capabilities,
    *,
    full: bool = False,
    only_failed: bool = False,
) -> Question:
    """Put the question that the SQL of a plan answers."""

    def column(name: str | None) -> Column | None:
        return Column(name, name, sync.types[name]) if name else None

    when, meta = _send_when(sync), sync.meta
    key = column(meta.key)
    assert key is not None  # noqa: S101  (for mypy: a key is never None)
    return Question(
        model=warehouse.relation(sync.table, schema=sync.schema, database=sync.database),
        state=scope.state,
        mode=meta.mode,
        key=key,
        contact=column(sync.contact),
        record_id=column(meta.record_id),
        unique_key=column(meta.unique_key),
        fields=tuple(
            Column(
                field.column,
                field.name,
                field.type,
                field.column in when.any_change,
                Decimal(str(when.moved[field.column])) if field.column in when.moved else None,
            )
            for field in sync.fields
        ),
        create_fields=tuple(Column(f.column, f.name, f.type) for f in sync.create_fields),
        sends_all=meta.send_when is None,
        removes=capabilities.removal is not None,
        guards=scope.guards,
        new_guards=scope.new_guards,
        merged=scope.merged,
        needs_contact=bool(meta.purpose or capabilities.consent),
        new_needs_contact=bool(capabilities.consent_for_new),
        full=full,
        only_failed=only_failed,
    )


def _send_when(sync: Sync) -> SendWhen:
    return sync.meta.send_when or SendWhen()


def _planned(sync: Sync, account: str, types: Mapping[str, FieldType], row: Record) -> Planned:
    operation: Operation = row["operation"]
    payload = _texts(row, "f", [field.name for field in sync.fields])
    previous: Payload = json.loads(row["last_payload"] or "{}")
    only_new: Payload = {}
    if operation == "remove":
        ever_sent = [*previous, *payload]
        payload, fields = {}, dict.fromkeys(ever_sent)
    elif operation == "update":
        fields = payload
    else:
        only_new = _texts(row, "c", [field.name for field in sync.create_fields])
        fields = only_new | payload
    mark = "" if operation == "remove" else str(row["fingerprint"])
    # With the moment it was accepted last: a value that comes back is a write of its own.
    where = canonical({"id": row["known_id"], "key": row["unique_key"]})
    new = "" if operation in ("update", "remove") else canonical(fields)
    accepted_at = str(row["last_accepted_at"])
    told = (account, sync.name, row["row_key"], operation, mark, accepted_at, where, new)
    return Planned(
        change=Change(
            token=digest("\0".join(told))[:32],
            key=row["row_key"],
            operation=operation,
            record_id=row["known_id"],
            unique_key=row["unique_key"] or "",
            fields=fields,
            types=types,
            previous=previous,
            only_new=frozenset(only_new.keys() - payload.keys()),
            in_doubt=payloads(row["last_in_doubt"]),
            former_key=row["last_unique_key"] or "",
        ),
        contact_id=row["contact_id"],
        fingerprint=mark,
        payload=payload,
        before=_before(row),
        reason=row["reason"],
    )


def _texts(row: Record, prefix: str, names: Sequence[str]) -> dict[str, str | None]:
    return {name: row[f"{prefix}{number}"] for number, name in enumerate(names)}


def _before(row: Record) -> Before:
    # What was accepted at another record says nothing of this one.
    elsewhere = row["record_id"] and row["last_id"] not in (None, row["record_id"])
    return Before(
        fingerprint=None if elsewhere else row["last_mark"],
        payload=None if elsewhere else row["last_payload"],
        destination_id=row["last_id"],
        status=row["last_status"],
        operation=row["last_operation"],
        attempts=row["last_attempts"] or 0,
        accepted_at=row["last_accepted_at"],
        in_doubt=row["last_in_doubt"],
        unique_key=row["last_unique_key"],
    )
