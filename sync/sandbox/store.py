"""The sandbox's state, in one SQLite file: contacts, properties, groups, faults, calls."""

from __future__ import annotations

import csv
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.errors import ConfigError
from sync.sandbox import catalogue

Properties = dict[str, str]

SCHEMA = """
create table if not exists contacts (
    id integer primary key,
    properties text not null,
    created_at text not null,
    updated_at text not null,
    is_written integer not null default 0,
    is_created integer not null default 0
);
create table if not exists unique_values (
    property text not null,
    value text not null,
    contact_id integer not null references contacts (id),
    primary key (property, value)
) without rowid;
create table if not exists properties (name text primary key, definition text not null);
create table if not exists groups (name text primary key, definition text not null);
create table if not exists faults (id integer primary key, definition text not null);
create table if not exists erased (id integer primary key);
create table if not exists hook_rows (
    key text primary key,
    message text not null,
    received_at text not null
);
create table if not exists hook_messages (id text primary key, times integer not null);
create table if not exists held (
    service text not null,
    kind text not null,
    id text not null,
    body text not null,
    at text not null,
    primary key (service, kind, id)
) without rowid;
create table if not exists calls (
    id integer primary key,
    at text not null,
    method text not null,
    path text not null,
    rows integer not null,
    status integer not null
);
"""

CALLS_KEPT = 10_000


@dataclass(frozen=True)
class Contact:
    """One record. `id` is the record id; times are ISO 8601 in UTC."""

    id: int
    properties: Properties
    created_at: str
    updated_at: str


class Store:
    """Opens the file and makes it if need be. Each request is one transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=10
        )
        path.chmod(0o600)  # without a token a company's own contacts may land here
        # A kill loses nothing, and a power cut takes at most a plaything's last second.
        self._database.execute("pragma synchronous = off")
        with self.transaction():
            for statement in SCHEMA.split(";\n"):
                self._database.execute(statement)
            for definition in catalogue.properties():
                self.define("properties", definition)
            for definition in catalogue.groups():
                self.define("groups", definition)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the file alone; an error takes back what was done."""
        with self._lock:
            self._database.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._database.execute("rollback")
                raise
            self._database.execute("commit")

    def add_records(self, path: Path) -> None:
        """Add the contacts of a raw HubSpot export that are not here yet."""
        try:
            with path.open(newline="", encoding="utf-8") as file, self.transaction():
                reader = csv.DictReader(file, restkey="")
                for name in reader.fieldnames or ():
                    if definition := catalogue.property_of_column(name):
                        self.define("properties", definition)
                self._add_rows(reader)
        except (OSError, UnicodeError, csv.Error, KeyError, TypeError, ValueError) as problem:
            raise ConfigError(
                f"The sandbox cannot read its first records from {path.name}:"
                f" {type(problem).__name__}. It must be a CSV like raw_hubspot__contact."
            ) from None

    def _add_rows(self, rows: Iterable[Mapping[str, str]]) -> None:
        known = {row[0] for row in self._database.execute("select id from contacts")}
        erased = {row[0] for row in self._database.execute("select id from erased")}
        uniques = self.unique_properties()
        # A loader may land a record twice: its latest row counts.
        latest = {int(row["id"]): row for row in sorted(rows, key=_synced)}
        for record_id, row in latest.items():
            if record_id in known | erased or row.get("_fivetran_deleted", "").lower() == "true":
                continue
            contact = catalogue.contact_of_row(row)
            now = contact.get("createdate") or _now()
            updated = contact.get("lastmodifieddate") or now
            self._database.execute(
                "insert into contacts values (?, ?, ?, ?, 0, 0)",
                (record_id, json.dumps(contact), now, updated),
            )
            self._own(record_id, contact, uniques)

    def contact(self, record_id: str) -> Contact | None:
        """Find a contact by its record id."""
        if not (record_id.isascii() and record_id.isdigit()) or len(record_id) > 18:
            return None
        found = self._database.execute(
            "select id, properties, created_at, updated_at from contacts where id = ?",
            (int(record_id),),
        ).fetchone()
        return Contact(found[0], json.loads(found[1]), found[2], found[3]) if found else None

    def owner(self, name: str, value: str) -> Contact | None:
        """Find the contact that has a value of a unique property."""
        found = self._database.execute(
            "select contact_id from unique_values where property = ? and value = ?",
            (name, catalogue.comparable(name, value)),
        ).fetchone()
        return self.contact(str(found[0])) if found else None

    def create(self, properties: Mapping[str, str]) -> Contact:
        """Add a contact."""
        (last,) = self._database.execute("select coalesce(max(id), 0) from contacts").fetchone()
        now = _now()
        self._database.execute(
            "insert into contacts values (?, '{}', ?, ?, 1, 1)", (last + 1, now, now)
        )
        return self.write(Contact(last + 1, {}, now, now), properties)

    def write(self, contact: Contact, properties: Mapping[str, str]) -> Contact:
        """Set properties of a contact; an empty text clears one."""
        merged = {**contact.properties, **properties}
        kept = {name: value for name, value in merged.items() if value != ""}
        now = _now()
        self._database.execute(
            "update contacts set properties = ?, updated_at = ?, is_written = 1 where id = ?",
            (json.dumps(kept), now, contact.id),
        )
        uniques = self.unique_properties() & properties.keys()
        for name in uniques:
            self._database.execute(
                "delete from unique_values where contact_id = ? and property = ?",
                (contact.id, name),
            )
        self._own(contact.id, kept, uniques)
        return Contact(contact.id, kept, contact.created_at, now)

    def erase(self, contact: Contact) -> None:
        """Forget a contact for good: no export brings it back."""
        self._database.execute("insert into erased values (?)", (contact.id,))
        self._database.execute("delete from unique_values where contact_id = ?", (contact.id,))
        self._database.execute("delete from contacts where id = ?", (contact.id,))

    def _own(self, record_id: int, properties: Mapping[str, str], uniques: Iterable[str]) -> None:
        # Ignored where another has the value: an export may hold what HubSpot would refuse.
        self._database.executemany(
            "insert or ignore into unique_values values (?, ?, ?)",
            [
                (name, catalogue.comparable(name, properties[name]), record_id)
                for name in uniques
                if properties.get(name)
            ],
        )

    def unique_properties(self) -> set[str]:
        """Give the names of the properties that have unique values."""
        return {
            name
            for name, definition in self.definitions("properties").items()
            if definition.get("hasUniqueValue")
        }

    def definitions(self, table: str) -> dict[str, dict[str, Any]]:
        """Give all properties, or all groups, by name."""
        rows = self._database.execute(
            f"select name, definition from {_table(table)} order by rowid"  # noqa: S608  (names of our own tables)
        )
        return {name: json.loads(definition) for name, definition in rows}

    def define(self, table: str, definition: Mapping[str, object]) -> None:
        """Add a property or a group that is not there yet."""
        self._database.execute(
            f"insert or ignore into {_table(table)} values (?, ?)",  # noqa: S608  (names of our own tables)
            (definition["name"], json.dumps(definition)),
        )

    def faults(self) -> list[tuple[int, dict[str, Any]]]:
        """Give the faults in waiting, the oldest first."""
        rows = self._database.execute("select id, definition from faults order by id")
        return [(number, json.loads(definition)) for number, definition in rows]

    def set_fault(self, definition: Mapping[str, object], number: int | None = None) -> None:
        """Add a fault, or replace one."""
        self._database.execute(
            "insert or replace into faults values (?, ?)", (number, json.dumps(definition))
        )

    def drop_faults(self, number: int | None = None) -> None:
        """Forget one fault, or all."""
        self._database.execute("delete from faults where ? is null or id = ?", (number, number))

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of a service that keeps tables of its own."""
        return self._database.execute(sql, values).fetchall()

    def keep(self, service: str, kind: str, name: str, body: Mapping[str, object]) -> None:
        """Hold a thing of a service, in place of the one of that kind and name."""
        self._database.execute(
            "insert or replace into held values (?, ?, ?, ?, ?)",
            (service, kind, name, json.dumps(body, ensure_ascii=False), _now()),
        )

    def held(self, service: str, kind: str, name: str) -> dict[str, Any] | None:
        """Give a thing that a service holds."""
        found = self._database.execute(
            "select body from held where service = ? and kind = ? and id = ?", (service, kind, name)
        ).fetchone()
        return json.loads(found[0]) if found else None

    def held_of(self, service: str, kind: str, limit: int = -1) -> dict[str, dict[str, Any]]:
        """Give all things of a kind that a service holds, by name, the latest first."""
        rows = self._database.execute(
            "select id, body from held where service = ? and kind = ? order by at desc, id limit ?",
            (service, kind, limit),
        )
        return {name: json.loads(body) for name, body in rows}

    def all_held(self, service: str) -> dict[str, dict[str, dict[str, Any]]]:
        """Give everything that a service holds, by kind and name."""
        kinds = self._database.execute(
            "select distinct kind from held where service = ? order by kind", (service,)
        ).fetchall()
        return {kind: self.held_of(service, kind) for (kind,) in kinds}

    def let_go(self, service: str, kind: str, name: str) -> bool:
        """Drop a thing that a service holds; tell whether it was there."""
        gone = self._database.execute(
            "delete from held where service = ? and kind = ? and id = ?", (service, kind, name)
        )
        return gone.rowcount > 0

    def log_call(self, method: str, path: str, *, rows: int, status: int) -> None:
        """Remember a call, without what it said."""
        self._database.execute(
            "insert into calls (at, method, path, rows, status) values (?, ?, ?, ?, ?)",
            (_now(), method, path, rows, status),
        )
        self._database.execute(
            "delete from calls where id <= (select max(id) from calls) - ?", (CALLS_KEPT,)
        )

    def calls(self) -> list[dict[str, object]]:
        """Give the calls kept, in their order."""
        names = ("at", "method", "path", "rows", "status")
        rows = self._database.execute(
            "select at, method, path, rows, status from calls order by id"
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def counts(self) -> dict[str, int]:
        """Count what there is."""
        contacts, written, created = self._database.execute(
            "select count(*), coalesce(sum(is_written), 0), coalesce(sum(is_created), 0)"
            " from contacts"
        ).fetchone()
        others = {
            table: self._database.execute(
                f"select count(*) from {table}"  # noqa: S608  (names of our own tables)
            ).fetchone()[0]
            for table in ("properties", "groups", "faults", "calls", "erased")
        }
        return {"contacts": contacts, "written": written, "created": created, **others}

    def written(self, limit: int) -> Sequence[Contact]:
        """Give the contacts that were written to, the latest first."""
        rows = self._database.execute(
            "select id, properties, created_at, updated_at from contacts where is_written"
            " order by updated_at desc, id limit ?",
            (limit,),
        )
        return [Contact(row[0], json.loads(row[1]), row[2], row[3]) for row in rows]


def _synced(row: Mapping[str, str]) -> str:
    return row.get("_fivetran_synced") or ""


def _table(name: str) -> str:
    if name not in {"properties", "groups"}:
        raise ValueError(name)
    return name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
