"""The models that link records, over raw tables that a test writes itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from contextlib import chdir
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from tests.kept import kept

ROOT = Path(__file__).parents[1]
PROJECT = """
name: decile
version: "1.0.0"
config-version: 2
profile: decile
flags:
  send_anonymous_usage_stats: false
vars:
  as_of: null
  demo: false
  crm_sources: [hubspot]
models:
  +materialized: table
"""
PROFILE = """
decile:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: people.duckdb, schema: main, threads: 1}
"""
DATABASE = "people.duckdb"
PARSED = "partial_parse.msgpack"
QUIETLY = ("--log-level-file", "none", "--quiet")
TABLES = {
    "identity_source_records": (
        "record_key varchar, record_kind varchar, source varchar, source_record_id varchar,"
        " email varchar, phone varchar, external_id varchar, anonymous_id varchar,"
        " linked_source_record_id varchar, person_name varchar, first_seen_at timestamp,"
        " is_deleted boolean"
    ),
    "composite_identifiers": (
        "record_number bigint, identifier_type varchar, identifier_value varchar"
    ),
    "identifier_types": (
        "identifier_type varchar, strength varchar, made_of varchar, holder varchar,"
        " max_holders varchar, reason varchar"
    ),
    "blocked_values": (
        "identifier_type varchar, compared_part varchar, value varchar, reason varchar"
    ),
    "match_decisions": "decision varchar, record varchar, other_record varchar",
}
# What reads staging is left out; the raw tables stand for it.
LEFT_OUT = re.compile(
    r"normalised_|source_|identity_(traces|source)|country_|deleted_|composite_|given_|suppressed_"
    r"|.*_ids$"
)
LINKED = "+identity_components"
Rows = list[tuple[Any, ...]]


def write_project(folder: Path) -> None:
    """Write the project."""
    shutil.copytree(ROOT / "macros", folder / "macros")
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE)
    for model in models():
        shutil.copy(model, folder / "models")
    for table in TABLES:
        (folder / "models" / f"{table}.sql").write_text(f"select * from raw.{table}")


def models() -> list[Path]:
    """The models that are not left out."""
    found = sorted((ROOT / "models" / "identity").glob("*.sql"))
    return [model for model in found if not LEFT_OUT.match(model.stem)]


def parsed() -> bytes:
    """What dbt keeps of the project once it has read it."""

    def parse() -> bytes:
        with TemporaryDirectory() as folder, chdir(folder):
            write_project(Path(folder))
            assert dbtRunner().invoke([*QUIETLY, "parse", "--no-write-json"]).success
            return Path("target", PARSED).read_bytes()

    macros = (ROOT / "macros").rglob("*.sql")
    return kept("linking", parse, files=[Path(__file__), *macros, *models()])


class Record(NamedTuple):
    """A row of identity_source_records."""

    record_key: str
    source: str = "web"
    source_record_id: str | None = None
    email: str | None = None
    phone: str | None = None
    external_id: str | None = None
    anonymous_id: str | None = None
    person_name: str | None = None
    record_kind: str = "profile"
    is_deleted: bool = False
    first_seen_at: datetime = datetime(2026, 1, 1)  # noqa: DTZ001  (timestamps are UTC)


class LinkingProject:
    """A dbt project and its DuckDB file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / DATABASE
        write_project(folder)
        (folder / "target").mkdir()
        (folder / "target" / PARSED).write_bytes(parsed())
        for table, columns in TABLES.items():
            self.execute(f"create schema if not exists raw; create table raw.{table} ({columns})")

    def execute(self, statement: str) -> None:
        """Run a statement on the database."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(statement)

    def rows(self, query: str) -> Rows:
        """Give what a query returns, sorted."""
        with duckdb.connect(str(self.database)) as connection:
            return sorted(connection.execute(query).fetchall(), key=repr)

    def write(self, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
        """Put rows into a raw table in place of those that are there."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(f"delete from raw.{table}")
            if rows:
                lists = [list(column) for column in zip(*rows, strict=True)]
                unnested = ", ".join("unnest(?)" for _ in lists)
                connection.execute(f"insert into raw.{table} ({columns}) select {unnested}", lists)

    def write_records(self, records: Sequence[Record]) -> None:
        """Put records in place of those that are there."""
        self.write("identity_source_records", ", ".join(Record._fields), records)

    def link(self, *options: str, select: str = LINKED) -> list[int]:
        """Build; give the numbers of rounds that dbt logged."""
        rounds: list[int] = []
        pattern = re.compile(r"identity_components: (\d+) rounds")
        runner = dbtRunner(
            callbacks=[lambda event: rounds.extend(map(int, pattern.findall(event.info.msg)))]
        )
        # dbt keeps its database open for the next run with the same profile, and every project
        # names its own by the same relative path.
        DuckDBConnectionManager.close_all_connections()
        with chdir(self.folder):
            result = runner.invoke([*QUIETLY, "run", *options, "--select", select])
        assert result.success, [each.message for each in result.result or []] or result.exception
        return rounds

    def components(self) -> dict[int, int]:
        """Give the component of each record that shares an identifier."""
        return dict(self.rows("select record_number, component from identity_components"))
