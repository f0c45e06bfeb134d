"""Where the warehouse remembers a person, told by the columns of its tables, and deleting it.

Nothing here knows a table by name but those that others depend on: whatever the project or an
earlier version of it left in its schemas is found. A row is a person's where a keyed hash of
one of its columns is among theirs, so that no statement holds anything of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.session import Session
from sync.warehouse import Record

# What the forgetting itself is written in, and counts of runs.
KEPT = {"ledger_version", "suppressed_identities", "suppression_key", "sync_runs"}
# Others are found through these, so they come last, and in this order.
LAST = ("contact_events", "source_events", "identity_record_numbers")

_TEXTS = {
    "email": "email",
    "given_email": "email",
    "suggested_email": "email",
    "phone": "phone",
    "given_phone": "phone",
    "external_id": "external_id",
    "anonymous_id": "anonymous_id",
}
_RECORD_IDS = ("source_record_id", "linked_source_record_id", "record_id")


@dataclass(frozen=True)
class Table:
    """A table of the warehouse; `label` is how a person reads it."""

    label: str
    name: str
    relation: str
    columns: frozenset[str]


@dataclass(frozen=True)
class Finder:
    """How rows are found. `key` and `hashes` are those of suppressed_identities.

    `digest` is digest_sql(): no macro can run while a transaction is open.
    """

    session: Session
    key: str
    hashes: tuple[str, ...]
    digest: str
    tables: tuple[Table, ...]

    def count(self, table: Table) -> int:
        """Count the person's rows."""
        where, parameters = self._where(table)
        sql = f"select count(*) as found from {table.relation} where {where}"  # noqa: S608  (columns and tables are ours)
        (row,) = self.session.warehouse.rows(sql, parameters)
        return int(row["found"])

    def rows(self, table: Table, columns: str) -> list[Record]:
        """Give columns of the person's rows."""
        if not table.columns:
            return []
        where, parameters = self._where(table)
        sql = f"select {columns} from {table.relation} where {where}"  # noqa: S608  (as above)
        return list(self.session.warehouse.rows(sql, parameters))

    def delete(self, table: Table) -> int:
        """Delete the person's rows, and give how many; inside a transaction()."""
        where, parameters = self._where(table)
        sql = f"delete from {table.relation} where {where}"  # noqa: S608  (as above)
        return self.session.warehouse.change(sql, parameters)

    def _where(self, table: Table) -> tuple[str, list[str]]:
        parts: list[str] = []
        parameters: list[str] = []
        for expression in hashed(table.columns):
            found = self._among(expression, table)
            parts.append(f"{expression} in ({found})")
            parameters += [self.key, *self.hashes]
        for columns, name in _through(table):
            other = next((one for one in self.tables if one.name == name), None)
            if other:
                where, more = self._where(other)
                parts.append(
                    f"({columns}) in (select {columns} from {other.relation} where {where})"  # noqa: S608  (as above)
                )
                parameters += more
        return f"({' or '.join(parts)})", parameters

    def _among(self, expression: str, table: Table) -> str:
        """Hash each value once, however many rows have it."""
        marks = ", ".join("?" for _ in self.hashes)
        return (
            f"select told from (select distinct {expression} as told from {table.relation}) "  # noqa: S608  (as above)
            f"as given where {self.digest} in ({marks})"
        )


def digest_sql(session: Session) -> str:
    """Give the SQL that hashes `told`, a `type:value`, with a key as its parameter."""
    return session.warehouse.macro_sql("sha256", expression="? || ':' || told")


def hashed(columns: Collection[str]) -> list[str]:
    """Give what tells whose a row is, as SQL: `type:value`, which is hashed with the key."""
    found = []
    for column in sorted(columns):
        if column == "contact_id" or column.endswith("_contact_id"):
            found.append(f"'contact_id:' || {column}")
        elif column == "record_key" or column.endswith("_record_key"):
            found.append(f"'record_key:' || {column}")
        elif kind := _TEXTS.get(column):
            text = f"lower(trim({column}))" if kind == "email" else f"trim({column})"
            found.append(f"'{kind}:' || {text}")
    return found + list(_by_two(columns))


def _by_two(columns: Collection[str]) -> Iterator[str]:
    for column in _RECORD_IDS:
        if {"source", column} <= set(columns):
            told = f"'record_id:' || source || ':' || trim({column})"
            # An event's id may look like a record's.
            yield f"case when shape <> 'events' then {told} end" if "shape" in columns else told
    if {"identifier_type", "identifier_value"} <= set(columns):
        yield "identifier_type || ':' || identifier_value"
        if "source" in columns:
            yield "identifier_type || ':' || source || ':' || identifier_value"
    if {"sync_name", "row_key", "contact_id"} <= set(columns):
        # Rows of before the ledger named contacts.
        yield "case when contact_id is null then 'row_key:' || sync_name || ':' || row_key end"


def _through(table: Table) -> Iterator[tuple[str, str]]:
    """Give the columns by which a row is found in another table, and which one that is."""
    columns = table.columns
    if "record_number" in columns and table.name != "identity_record_numbers":
        yield "record_number", "identity_record_numbers"
    if not hashed(columns) and "event_id" in columns:
        yield "event_id", "contact_events"
    if not hashed(columns) and {"source", "source_event_id"} <= columns:
        yield "source, source_event_id", "source_events"


def is_found(table: Table) -> bool:
    """Tell whether the rows of a person would be found in a table of such columns."""
    return bool(hashed(table.columns) or list(_through(table)))


def tables_of_people(session: Session) -> tuple[Table, ...]:
    """Give every table of the project's schemas that has rows of people, in order of deletion."""
    passed_over = KEPT | {node["alias"] for node in _nodes(session) if _is_nobodys(node)}
    columns: dict[tuple[str, str], set[str]] = {}
    schemas = sorted(_schemas(session))
    marks = ", ".join("?" for _ in schemas)
    for row in session.warehouse.rows(
        # A view shows what its tables hold.
        f"""
        select columns.table_schema, columns.table_name, columns.column_name
        from information_schema.columns as columns
        inner join information_schema.tables as tables
            on columns.table_catalog = tables.table_catalog
            and columns.table_schema = tables.table_schema
            and columns.table_name = tables.table_name
        where tables.table_type = 'BASE TABLE' and columns.table_catalog = ?
            and columns.table_schema in ({marks})
        """,  # noqa: S608  (marks alone)
        (session.warehouse.database, *schemas),
    ):
        if row["table_name"] not in passed_over:
            place = (row["table_schema"], row["table_name"])
            columns.setdefault(place, set()).add(row["column_name"])
    tables = [_table(session, place, names) for place, names in columns.items()]
    return tuple(sorted(filter(is_found, tables), key=_order))


def _table(session: Session, place: tuple[str, str], columns: set[str]) -> Table:
    schema, name = place
    relation = session.warehouse.relation(name, schema=schema)
    return Table(f"{schema}.{name}", name, relation, frozenset(columns))


def _order(table: Table) -> tuple[int, str]:
    return (LAST.index(table.name) if table.name in LAST else -1, table.label)


def _schemas(session: Session) -> set[str]:
    own = session.warehouse.schema
    models = {node["schema"] for node in _nodes(session) if node["resource_type"] == "model"}
    return models | {own, f"{own}_ledger", f"{own}_simulation"}


def _nodes(session: Session) -> Sequence[Mapping[str, Any]]:
    nodes = session.manifest["nodes"].values()
    return [node for node in nodes if node["resource_type"] in ("model", "seed")]


def _is_nobodys(node: Mapping[str, Any]) -> bool:
    """Seeds are files of the project; a model may say that it names nobody, and why."""
    said = node["config"].get("meta", {}).get("names_nobody")
    return bool(node["resource_type"] == "seed" or said)
