"""A sync, its ledger, what is in its model, and a destination in memory."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from small_project import (
    DATABASE,
    IN_MEMORY,
    PEOPLE_COLUMNS,
    Person,
    person,
    write_people,
    write_project,
)

from sync.changes import Capabilities, Change, Field, Finding, Mode, Outcome, SetupStep
from sync.config import Sync, parse_syncs
from sync.destinations import DESTINATIONS
from sync.engine import Result, plan_sync, run_sync
from sync.errors import BatchRefused, DestinationError
from sync.ledger import Ledger, open_ledger
from sync.planner import Plan
from sync.warehouse import Record, Warehouse, open_warehouse

Before = Callable[[Sequence[Change]], None]
accounts = itertools.count()


@dataclass
class Crm:
    """A destination in memory. `before` may raise; rows in `bad` are refused one by one."""

    name = "crm"
    max_batch: int = 2
    before: Before = lambda _changes: None
    bad: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    records: dict[str, dict[str, str | None]] = field(default_factory=dict)
    batches: list[list[str]] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            modes=frozenset(get_args(Mode)),
            max_batch=self.max_batch,
            rows_per_second=10,
            removal="delete",
            max_in_flight=4,
        )

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        assert len({change.operation for change in changes}) == 1
        self.batches.append([change.key for change in changes])
        self.before(changes)
        return [self._write(change) for change in changes if change.key not in self.silent]

    def _write(self, change: Change) -> Outcome:
        if change.key in self.bad:
            return Outcome(change.token, "rejected", None, "INVALID", "score: not valid")
        if change.operation == "remove":
            self.records.pop(change.record_id or change.key, None)
            return Outcome(change.token, "accepted")
        self.records.setdefault(change.record_id or change.key, {}).update(change.fields)
        return Outcome(change.token, "accepted", change.record_id or change.key)

    def check(self) -> list[Finding]:
        raise NotImplementedError

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        raise NotImplementedError

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        raise NotImplementedError


def refusing(*keys: str) -> Before:
    def before(changes: Sequence[Change]) -> None:
        if any(change.key in keys for change in changes):
            raise BatchRefused("CRM answered 400 to POST /people.", code="BAD_ROW")

    return before


def raising(error: DestinationError, *, at: int = 1, times: int = 1) -> Before:
    """Raise for `times` batches, from batch number `at` on."""
    count = itertools.count(1)

    def before(_changes: Sequence[Change]) -> None:
        if at <= next(count) < at + times:
            raise error

    return before


@dataclass
class World:
    """A sync, its ledger and what is in its model."""

    warehouse: Warehouse
    sync: Sync
    ledger: Ledger

    def people(self, *people: Person) -> None:
        table = self.warehouse.relation("sync_crm__people")
        columns = ("sync_key", "record_id", "contact_key", "email", "lead_score", "band")
        self.warehouse.execute(f"delete from {table}")
        with self.warehouse.transaction():
            rows = [dict(zip(columns, row, strict=True)) for row in people]
            self.warehouse.insert(table, rows)

    def plan(self, crm: Crm | None = None, **options: Any) -> Plan:
        able = (crm or Crm()).capabilities
        for name in ("removal", "consent_for_new"):
            able = replace(able, **{name: options.pop(name, getattr(able, name))})
        return plan_sync(self.sync, self.ledger, able, **options)

    def run(self, crm: Crm, **options: Any) -> Result:
        return run_sync(self.sync, self.plan(crm), crm, self.ledger, **options)

    def read(self, table: str) -> list[Record]:
        return list(
            self.warehouse.rows(
                f"select * from {self.ledger.table(table)} where account = ? order by recorded_at",
                (self.ledger.account,),
            )
        )

    def states(self) -> dict[str, str]:
        return {row["row_key"]: row["status"] for row in self.read("sync_state_current")}


@contextmanager
def open_people(folder: Path, *, in_memory: bool = False) -> Iterator[tuple[Warehouse, Sync]]:
    """Open the small project, written into a folder; its tables may live in memory."""
    here = Path.cwd()
    path = IN_MEMORY if in_memory else DATABASE
    write_people(write_project(folder, path=path), person("1"))
    os.chdir(folder)
    try:
        with open_warehouse() as (warehouse, manifest):
            (sync,) = parse_syncs(manifest, DESTINATIONS)
            if in_memory:
                warehouse.execute("create schema small")
                warehouse.execute(f"create table small.sync_crm__people ({PEOPLE_COLUMNS})")
            yield warehouse, sync
    finally:
        os.chdir(here)


def a_world(opened: tuple[Warehouse, Sync], **meta: Any) -> World:
    """Give a world with an account of its own; `meta` are keys of the exposure."""
    warehouse, sync = opened
    sync = replace(sync, meta=sync.meta.model_copy(update=meta), contact=meta.get("contact"))
    return World(warehouse, sync, open_ledger(warehouse, f"test {next(accounts)}"))


def people(count: int, **changes: Any) -> list[Person]:
    """Give that many people, each known to the CRM."""
    return [person(str(number), f"r{number}", **changes) for number in range(1, count + 1)]
