"""A whole sync: a model in a warehouse, the engine, a destination, and the sandbox behind it."""

from __future__ import annotations

import copy
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
from small_project import SYNC, Person, person, write_people, write_project
from stand_ins import CASES, StandIn, replied, standing_in

from sync.config import Sync, parse_syncs
from sync.destinations import DESTINATIONS
from sync.engine import Result, plan_sync, run_sync
from sync.ledger import Ledger, open_ledger
from sync.planner import Plan
from sync.sandbox import Limit
from sync.warehouse import Record, Warehouse, open_warehouse

# The two shapes of API that the engine is tried against: many rows a call, and one.
WHOLE = ("hubspot", "webhook")
_accounts = itertools.count()

Project = tuple[Warehouse, Any]
# What a row holds at the destination: score and band, as text.
Held = tuple[str | None, str | None]


def a_plan(sync: Sync, there: StandIn, ledger: Ledger) -> Plan:
    return plan_sync(sync, ledger, there.destination.capabilities)


def a_run(sync: Sync, there: StandIn, ledger: Ledger) -> Result:
    """Run a sync as the command does."""
    return run_sync(sync, a_plan(sync, there, ledger), there.destination, ledger)


@dataclass
class World:
    """A sync from a model in a warehouse to a destination before its sandbox."""

    name: str
    warehouse: Warehouse
    sync: Sync
    ledger: Ledger
    there: StandIn

    def people(self, *people: Person) -> None:
        table = self.warehouse.relation("sync_crm__people")
        columns = ("sync_key", "record_id", "contact_key", "email", "lead_score", "band")
        self.warehouse.execute(f"delete from {table}")
        with self.warehouse.transaction():
            rows = [dict(zip(columns, row, strict=True)) for row in people]
            self.warehouse.insert(table, rows)

    def plan(self) -> Plan:
        return a_plan(self.sync, self.there, self.ledger)

    def run(self) -> Result:
        return a_run(self.sync, self.there, self.ledger)

    def read(self, table: str) -> list[Record]:
        sql = f"select * from {self.ledger.table(table)} where account = ? order by recorded_at"
        return list(self.warehouse.rows(sql, (self.ledger.account,)))

    def states(self) -> dict[str, str]:
        return {row["row_key"]: row["status"] for row in self.read("sync_state_current")}

    def failed(self) -> dict[str, tuple[str, str | None]]:
        return {
            row["row_key"]: (row["status"], row["error_code"])
            for row in self.read("sync_state_current")
            if row["status"] != "accepted"
        }

    def held(self, key: str) -> Held:
        """Give what the destination holds of a row; (None, None) where that is nothing."""
        if self.name == "webhook":
            fields = self.there.get("hooks")["rows"].get(key, {}).get("fields", {})
        else:
            fields = self._contact(key)
        score, band = (fields.get(f"decile_{name}") for name in ("lead_score", "band"))
        return None if score is None else str(score), band

    def _contact(self, key: str) -> dict[str, Any]:
        sandbox, query = self.there.sandbox, "properties=decile_lead_score,decile_band"
        path = f"/crm/objects/2026-09/contacts/{key}?{query}&idProperty=decile_contact_id"
        login = f"Bearer {sandbox.token}"
        while (found := replied(sandbox, "GET", path, authorization=login)).status == 429:
            self.there.naps.append(10)
        return cast("dict[str, Any]", found.body).get("properties", {})

    def settled(self, *people: Person) -> None:
        """Check that the destination holds what the model holds, and that nothing is left."""
        for key, _, _, _, score, band in people:
            assert key is not None
            text = None if score is None else str(score)
            empty = None if self.name == "hubspot" else band
            assert self.held(key) == (text, band or empty), key
        assert self.failed() == {}
        calls = len(self.there.writes())
        again = self.run()
        assert (again.status, again.sent) == ("succeeded", 0)
        assert len(self.there.writes()) == calls

    def batches_of(self, rows: int) -> None:
        able = replace(self.there.destination.capabilities, max_batch=rows)
        self.there.destination.capabilities = able


@contextmanager
def open_project(folder: Path) -> Iterator[Project]:
    """Write a small project, and open its warehouse in its folder."""
    here = Path.cwd()
    write_people(write_project(folder), person("1"))
    os.chdir(folder)
    try:
        with open_warehouse() as opened:
            yield opened
    finally:
        os.chdir(here)


@contextmanager
def open_world(
    name: str,
    project: Project,
    folder: Path,
    patch: pytest.MonkeyPatch,
    *,
    limit: Limit | None = None,
    **sync: object,
) -> Iterator[World]:
    """Open a destination that is set up, with a ledger of its own. `sync` changes the exposure."""
    warehouse, manifest = project
    made = a_sync(manifest, name, **sync)
    with standing_in(name, folder, patch, limit) as there:
        there.destination.apply_setup((*made.fields, *made.create_fields))
        ledger = open_ledger(warehouse, f"test {next(_accounts)}")
        yield World(name, warehouse, made, ledger, there)


def a_sync(manifest: Any, name: str, **changes: object) -> Sync:
    exposures = copy.deepcopy(manifest["exposures"])
    (exposure,) = exposures.values()
    case = CASES[name]
    there = {"destination": case.destination, "object": case.object, "mode": "upsert"}
    there["consent"] = "none"
    exposure["config"]["meta"]["sync"] = SYNC | there | changes
    (sync,) = parse_syncs({**manifest, "exposures": exposures}, DESTINATIONS)
    return sync


def people(count: int, **changes: Any) -> list[Person]:
    return [person(str(number), str(number), **changes) for number in range(1, count + 1)]


def newcomers(count: int) -> list[Person]:
    return [person(f"n{number}") for number in range(1, count + 1)]
