"""The warehouse, reached through the dbt profile in process: same target, same credentials.

dbt parses the project first (a second or two, from what its last run kept under target/), so
the manifest is never stale and its macros are at hand.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from sync.errors import ConfigError, WarehouseError
from sync.processes import program_of
from sync.scrub import scrub

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

WORK_FOLDER = Path(".decile")
ROWS_AT_ONCE = 2_000
LOOK_AGAIN = 0.5  # seconds
_HELD = re.compile(r'lock on file "([^"]+)".*\(PID (\d+)\)', re.DOTALL)

Record = dict[str, Any]


class Warehouse:
    """An open connection. Statements mark their parameters with `?`."""

    def __init__(self, adapter: Any, handle: Any) -> None:
        self._adapter = adapter
        self._handle = handle
        self._streams = itertools.count()
        self._in_transaction = False
        self._postgres = adapter.type() == "postgres"
        self.one_process = adapter.type() == "duckdb"  # the lock on its file lets one in
        credentials = adapter.config.credentials
        self.target = str(adapter.config.target_name)
        self.artifacts = Path(adapter.config.project_target_path)
        self.database = str(credentials.database)
        self.schema = str(credentials.schema)
        self.text_type = str(adapter.Column.translate_type("string"))

    def relation(
        self, table: str, *, schema: str | None = None, database: str | None = None
    ) -> str:
        """Give the quoted name of a table; without a schema, in the target's own."""
        return str(
            self._adapter.Relation.create(
                database=database or self.database, schema=schema or self.schema, identifier=table
            )
        )

    def macro_sql(self, macro: str, **arguments: object) -> str:
        """Give the SQL that a macro of the project returns."""
        with self.transaction():
            return str(self._adapter.execute_macro(macro, kwargs=arguments)).strip()

    def json_text(self, expression: str, name: str) -> str:
        """Give the SQL for the text of a member of a JSON object."""
        quoted = name.replace("'", "''")
        return self._json_text.replace("_name_", quoted).replace("_expression_", expression)

    def iso_timestamp(self, expression: str) -> str:
        """Give the SQL for a timestamp as ISO 8601 in UTC, to the millisecond."""
        return self._iso_timestamp.replace("_expression_", expression)

    # dbt takes long to render a macro: once is enough.
    @cached_property
    def _json_text(self) -> str:
        return self.macro_sql("json_text", expression="_expression_", path=['"_name_"'])

    @cached_property
    def _iso_timestamp(self) -> str:
        return self.macro_sql("iso_timestamp", expression="_expression_")

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Record]:
        """Stream the rows of a query."""
        with self._speaking():
            cursor = self._stream()
            try:
                cursor.execute(self._marked(sql), list(parameters))
            except _engine_errors():
                # psycopg2 opened a transaction by itself, in which nothing else would work.
                if self._postgres and not self._in_transaction:
                    self._handle.rollback()
                raise
            names: list[str] = []
            while chunk := cursor.fetchmany(ROWS_AT_ONCE):
                names = names or [column[0] for column in cursor.description]
                yield from (dict(zip(names, values, strict=True)) for values in chunk)
            cursor.close()

    def keep_for_session(self, name: str, query: str, parameters: Sequence[object]) -> None:
        """Keep what a query gives as a table that ends with the connection; in a transaction()."""
        sql = f"create temporary table {name} as {query}"
        with self._speaking():
            self._handle.cursor().execute(self._marked(sql), list(parameters))

    def session_rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Record]:
        """Give the rows of a query, which may read what keep_for_session() kept."""
        with self.transaction():
            cursor = self._handle.cursor()
            cursor.execute(self._marked(sql), list(parameters))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def execute(self, sql: str) -> None:
        """Run statements that begin and end their own transaction; of a failure nothing stays."""
        with self._speaking():
            cursor = self._handle.cursor()
            try:
                cursor.execute(sql)
                self._end("commit", cursor)
            except BaseException:
                with suppress(*_engine_errors()):
                    self._end("rollback", cursor)
                raise

    def _end(self, how: str, cursor: Any) -> None:
        """psycopg2 does not see that statements ended a transaction: it would begin no other."""
        if self._in_transaction:
            return
        if self._postgres:
            getattr(self._handle, how)()
        elif how == "rollback":
            cursor.execute("rollback")

    def insert(self, relation: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows to a table; inside a transaction()."""
        if not rows:
            return
        values = {column: [row[column] for row in rows] for column in rows[0]}
        # A list for each column: engines take long to read a mark for each value.
        lists = {column: _list_type(cells) for column, cells in values.items()}
        selected = [f"unnest(cast(? as {kind}))" if kind else "null" for kind in lists.values()]
        sql = f"insert into {relation} ({', '.join(values)}) select {', '.join(selected)}"  # noqa: S608  (names of our own tables)
        parameters = [cells for column, cells in values.items() if lists[column]]
        with self._speaking():
            self._handle.cursor().execute(self._marked(sql), parameters)

    def lock(self, relation: str) -> None:
        """Let nobody else write to a table until the transaction ends; readers go on."""
        if self._postgres:
            with self._speaking():
                self._handle.cursor().execute(f"lock table {relation} in exclusive mode")

    def now(self) -> datetime:
        """Give the warehouse's own time: UTC, without a zone."""
        clock = "clock_timestamp()" if self._postgres else "current_timestamp"
        (row,) = self.rows(f"select {clock} at time zone 'UTC' as now")  # noqa: S608  (one of two words of ours)
        return row["now"]  # type: ignore[no-any-return]  # a row is untyped, a moment it is

    def change(self, sql: str, parameters: Sequence[object] = ()) -> int:
        """Delete or update rows, and give how many; inside a transaction()."""
        with self._speaking():
            cursor = self._handle.cursor()
            cursor.execute(self._marked(sql), list(parameters))
            return int(cursor.rowcount if self._postgres else cursor.fetchone()[0])

    def create_schema(self, schema: str) -> None:
        """Create a schema."""
        with self._speaking():
            self._adapter.create_schema(self._schema(schema))

    def drop_schema(self, schema: str) -> None:
        """Drop a schema with everything in it, if it is there."""
        with self._speaking():
            self._adapter.drop_schema(self._schema(schema))

    def _schema(self, schema: str) -> Any:
        return self._adapter.Relation.create(database=self.database, schema=schema)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything inside, or nothing of it."""
        with self._speaking():
            connections, self._in_transaction = self._adapter.connections, True
            # psycopg2 begins by itself, and dbt's own commit would go unseen by it: what comes
            # after that would be no transaction.
            if not self._postgres and not connections.get_thread_connection().transaction_open:
                connections.begin()
            try:
                yield
            except BaseException:
                (self._handle.rollback if self._postgres else connections.rollback_if_open)()
                raise
            finally:
                self._in_transaction = False
            (self._handle if self._postgres else connections).commit()

    def exists(self, table: str, *, schema: str | None = None) -> bool:
        """Tell whether a table or view is there."""
        found = self.rows(
            "select 1 as found from information_schema.tables "
            "where table_catalog = ? and table_schema = ? and table_name = ?",
            (self.database, schema or self.schema, table),
        )
        return bool(list(found))

    def _marked(self, sql: str) -> str:
        """Write parameters as the engine does. A ? or % in a literal is none."""
        return marked_for_psycopg2(sql) if self._postgres else sql

    def _stream(self) -> Any:
        """Give a cursor whose rows do not end with a write in between."""
        if self._postgres:
            return self._handle.cursor(name=f"decile_{next(self._streams)}", withhold=True)
        return self._handle.cursor().cursor()

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Turn the engine's errors into ours, without the values that some of them quote."""
        try:
            yield
        except _engine_errors() as error:
            raise WarehouseError(_without_values(error)) from None


@contextmanager
def open_warehouse(
    target: str | None = None, *, wait: float = 0
) -> Iterator[tuple[Warehouse, Mapping[str, Any]]]:
    """Parse the dbt project in the working folder and connect to its target.

    Gives the warehouse, and the nodes and exposures of dbt's manifest. Raises ConfigError where
    dbt cannot read the project, and WarehouseError where the warehouse does not answer or is held
    by another process for longer than `wait` seconds.
    """
    from dbt.adapters import factory

    manifest = parse_project(target)
    adapter: Any  # its public type lacks most of what an adapter has
    (adapter,) = factory.FACTORY.adapters.values()
    try:
        with adapter.connection_named("decile"):
            yield Warehouse(adapter, _handle(adapter, wait)), _plain(manifest)
    finally:
        factory.FACTORY.reset_adapters()  # type: ignore[no-untyped-call]  # dbt leaves it untyped
        if adapter.type() == "duckdb":  # dbt-duckdb keeps its file open, and locked
            with suppress(Exception):
                adapter.ConnectionManager.env().close()
            adapter.ConnectionManager.close_all_connections()


def parse_project(target: str | None) -> Manifest:
    """Read the dbt project in the working folder. Raises ConfigError where dbt cannot."""
    from dbt.adapters.factory import FACTORY
    from dbt.cli.main import dbtRunner

    FACTORY.reset_adapters()  # type: ignore[no-untyped-call]  # dbt leaves it untyped
    result = dbtRunner().invoke(["parse", *quiet_dbt(target)])
    if not result.success or result.result is None:
        raise ConfigError(f"dbt cannot read this project: {result.exception}")
    return result.result  # type: ignore[return-value]


def read_manifest(target: str | None) -> Mapping[str, Any]:
    """Give what open_warehouse() does, without a warehouse: dbt connects to none for that."""
    return _plain(parse_project(target))


def quiet_dbt(target: str | None) -> list[str]:
    """Give the options of every call of dbt: it says nothing and leaves no artifacts."""
    options = ["--log-level", "none", "--log-level-file", "none", "--no-write-json"]
    if "DBT_PROFILES_DIR" not in os.environ and Path("profiles.yml").exists():
        options += ["--profiles-dir", "."]
    return options + (["--target", target] if target else [])


def _plain(manifest: Manifest) -> dict[str, Any]:
    """Give the nodes and exposures as manifest.json has them, without its second of writing."""
    return {
        "nodes": {name: node.to_dict() for name, node in manifest.nodes.items()},
        "exposures": {name: node.to_dict() for name, node in manifest.exposures.items()},
    }


_LITERAL_OR_MARK = re.compile(r"'(?:[^']|'')*'|\?|%")


def marked_for_psycopg2(sql: str) -> str:
    """Write the marks of parameters as psycopg2 does. A ? in a literal is none, a % never."""

    def marked(found: re.Match[str]) -> str:
        return "%s" if found[0] == "?" else found[0].replace("%", "%%")

    return _LITERAL_OR_MARK.sub(marked, sql)


def _list_type(cells: Sequence[object]) -> str | None:
    """Give the type of a list of values; None where all of them are null."""
    kind = next((type(cell) for cell in cells if cell is not None), None)
    if kind is None:
        return None
    return {bool: "boolean[]", int: "bigint[]", datetime: "timestamp[]"}.get(kind, "text[]")


def _handle(adapter: Any, wait: float) -> Any:
    import duckdb
    from dbt_common.exceptions import DbtBaseException

    deadline = monotonic() + wait
    while True:
        try:
            return adapter.connections.get_thread_connection().handle
        except (DbtBaseException, duckdb.Error) as error:
            held = _HELD.search(str(error))
            if not held:
                raise WarehouseError(
                    f"the warehouse does not answer: {_first_line(error)}"
                ) from None
            if monotonic() >= deadline:
                raise WarehouseError(_who_holds(Path(held[1]).name, int(held[2]))) from None
        sleep(LOOK_AGAIN)


def _who_holds(file: str, pid: int) -> str:
    program = program_of(pid)
    return (
        f"{file} is held by process {pid}{f' ({program})' if program else ''}: DuckDB lets one "
        "process in at a time. Run this again when that has ended; decile sync can wait: --wait "
        "SECONDS"
    )


def _engine_errors() -> tuple[type[Exception], ...]:
    import duckdb

    with suppress(ImportError):
        import psycopg2  # type: ignore[import-untyped]

        return duckdb.Error, psycopg2.Error
    return (duckdb.Error,)


def _without_values(error: Exception) -> str:
    """Errors about data quote it; those about tables and columns are more use with their names."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    message = _first_line(error)
    return scrub(message) if kinds & {"DataError", "IntegrityError"} else message


def _first_line(error: object) -> str:
    """An engine's later lines quote the statement or the row."""
    return str(error).strip().split("\n")[0]
