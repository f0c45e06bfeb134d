"""What every command needs: the project's syncs, its warehouse, and a destination that is open."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import requests

from sync.changes import Field
from sync.config import Guard, Sync, parse_guards, parse_syncs
from sync.destinations import DESTINATIONS
from sync.destinations.connection import SANDBOX, Connection, Target
from sync.engine import plan_sync
from sync.errors import ConfigError
from sync.ledger import Ledger, open_ledger
from sync.place import Place, place_of, refuse_another_place
from sync.plan_guards import Allowed, check_guards, merged_contacts, new_guards, row_guards
from sync.planner import Plan
from sync.sandbox import DEFAULT_PORT
from sync.suppression import forgotten_guard
from sync.warehouse import WORK_FOLDER, Warehouse, open_warehouse

Tell = Callable[[str], None]

SANDBOX_STATE = WORK_FOLDER / "sandbox.sqlite"


@dataclass(frozen=True)
class Session:
    """An open project."""

    warehouse: Warehouse
    syncs: list[Sync]
    manifest: Mapping[str, Any]
    guards: tuple[Guard, ...] = ()

    def chosen(self, name: str | None) -> list[Sync]:
        """Give the sync of that name, or all of them."""
        found = [sync for sync in self.syncs if name in (None, sync.name)]
        if not found:
            known = ", ".join(sync.name for sync in self.syncs) or "none"
            asked = f"there is no sync {name!r}" if name else "no exposure has config.meta.sync"
            raise ConfigError(f"{asked}; known are: {known}. See docs/sync.md.")
        return found

    @property
    def destinations(self) -> list[str]:
        """Give the names of what the syncs write to."""
        return sorted({sync.meta.destination for sync in self.syncs})

    def all_fields_for(
        self, destinations: Iterable[str]
    ) -> Iterator[tuple[str, Target, list[Field]]]:
        """Give what fields_for() does, of several destinations."""
        for name in destinations:
            yield from ((name, target, fields) for target, fields in self.fields_for(name))

    def fields_for(self, destination: str) -> list[tuple[Target, list[Field]]]:
        """Give what the syncs to a destination write to, each with the fields that they write."""
        syncs = [sync for sync in self.syncs if sync.meta.destination == destination]
        if not syncs:
            known = ", ".join(self.destinations) or "none"
            raise ConfigError(f"no sync writes to {destination!r}; they write to: {known}")
        targets: list[tuple[Target, list[Field]]] = []
        for sync in syncs:
            fields = [*sync.fields, *sync.create_fields]
            same = next((known for target, known in targets if target == sync.goes_to), None)
            if same is None:
                targets.append((sync.goes_to, fields))
            else:
                same += fields
        return targets

    def to_check(self, destination: str) -> list[tuple[Target, list[Field]]]:
        """Give the same; without a sync, the kinds of record that no exposure has to name."""
        if any(sync.meta.destination == destination for sync in self.syncs):
            return self.fields_for(destination)
        if destination not in DESTINATIONS:
            known = ", ".join(sorted(DESTINATIONS))
            raise ConfigError(f"there is no destination {destination!r}; known are: {known}")
        kinds = DESTINATIONS[destination].objects
        found: list[tuple[Target, list[Field]]] = [
            (Target(name), []) for name, kind in kinds.items() if not kind.required
        ]
        if not found:
            raise ConfigError(f"no sync writes to {destination!r}, so nothing says what to look at")
        return found

    def has(self, name: str) -> bool:
        """Tell whether the project has a model or seed of that name."""
        return any(node["name"] == name for node in self.manifest["nodes"].values())

    def table(self, name: str) -> str:
        """Give the quoted name of a model or seed of the project, once it was built."""
        for node in self.manifest["nodes"].values():
            if node["name"] == name and node["resource_type"] in ("model", "seed"):
                schema, table = node["schema"], node["alias"]
                if self.warehouse.exists(table, schema=schema):
                    return self.warehouse.relation(table, schema=schema, database=node["database"])
        raise ConfigError(f"{name} is not in the warehouse yet. Build it with: dbt build")

    def plan(
        self,
        sync: Sync,
        connection: Connection,
        *,
        full: bool = False,
        only_failed: bool = False,
        allowed: Allowed | None = None,
    ) -> Plan:
        """Say what a run of a sync would do, as make_plan() has it.

        Raises GuardError also where a guard model that stops everything has rows.
        """
        check_guards(sync, self.guards, self.table, self.warehouse, allowed or {})
        able, ledger = connection.destination.capabilities, self.ledger(connection)
        guards = row_guards(sync, self.guards, self.table, able)
        return plan_sync(
            sync,
            ledger,
            able,
            guards=guards | (forgotten_guard(ledger) if sync.contact else {}),
            new_guards=new_guards(sync, self.table, able),
            merged=merged_contacts(self.table) if self.has("contact_merges") else None,
            full=full,
            only_failed=only_failed,
            allowed=allowed,
        )

    def ledger(self, connection: Connection) -> Ledger:
        """Give the ledger of the account behind a connection."""
        return open_ledger(self.warehouse, connection.account)

    def place(self, sync: Sync, connection: Connection, *, moved: bool, tell: Tell) -> Place:
        """Give where a sync writes to. Refuse another place than its ledger speaks of."""
        if not self._may_reach(connection, sync.meta.destination):
            connection = replace(connection, owner=dict)
        place = place_of(sync.meta.destination, sync.goes_to, connection)
        refuse_another_place(sync, self.ledger(connection), place, moved=moved, tell=tell)
        return place

    def check_target(self, connection: Connection, destination: str) -> None:
        """Refuse to write to a real account from a target that seeds/policy does not list."""
        if not self._may_reach(connection, destination):
            raise ConfigError(
                f"target {self.warehouse.target!r} may not write to the account "
                f"{connection.account!r} of {destination}; nothing was sent. Add a row with these "
                "to seeds/policy/sync_targets.csv and run: dbt build"
            )

    def _may_reach(self, connection: Connection, destination: str) -> bool:
        if connection.account == SANDBOX:
            return True
        listed = self.warehouse.rows(
            f"select * from {self.table('sync_targets')} "  # noqa: S608  (names of our own tables)
            "where target = ? and account = ?",
            (self.warehouse.target, connection.account),
        )
        # A seed of before has no such column: its rows are for every destination.
        return any((row.get("destination") or "*").strip() in ("*", destination) for row in listed)


@contextmanager
def open_session(target: str | None, *, wait: float = 0) -> Iterator[Session]:
    """Open the project in the working folder; wait that long for a warehouse that is held."""
    with open_warehouse(target, wait=wait) as (warehouse, manifest):
        syncs = parse_syncs(manifest, DESTINATIONS)
        yield Session(warehouse, syncs, manifest, parse_guards(manifest))


@contextmanager
def connect(destination: str, goes_to: Target, tell: Tell) -> Iterator[Connection]:
    """Open a destination by the settings in the environment; without them, the sandbox.

    `tell` is given one line where the sandbox stands in for the account.
    """
    WORK_FOLDER.mkdir(exist_ok=True)
    connector = DESTINATIONS[destination]
    environment = {"DECILE_SANDBOX_STATE": str(SANDBOX_STATE), **os.environ}
    if not connector.is_real(environment):
        url = environment.get("DECILE_SANDBOX_URL") or _running_sandbox()
        environment |= {"DECILE_SANDBOX_URL": url} if url else {}
        place = f"running on {url}" if url else f"kept in {environment['DECILE_SANDBOX_STATE']}"
        verb = "is" if len(connector.needs) == 1 else "are"
        names = " and ".join(connector.needs)
        tell(f"{names} {verb} not set: using the sandbox {place} instead of an account.")
    with connector.connect(environment, goes_to) as connection:
        yield connection


def _running_sandbox() -> str | None:
    url = f"http://127.0.0.1:{DEFAULT_PORT}"
    with requests.Session() as http:
        http.trust_env = False
        try:
            server = http.get(url, timeout=1).headers.get("Server", "")
        except requests.RequestException:
            return None
    return url if server.startswith("decile-sandbox") else None
