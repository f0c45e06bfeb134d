"""The scoring models over rules, contacts and events that a test writes itself.

dbt compiles them once; after that a test writes rows and builds what it asks for in memory, in a
fraction of a second. The scale is that of the contacts there are, as on a first build.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import yaml
from dbt.cli.main import dbtRunner

from tests.kept import kept

ROOT = Path(__file__).parents[1]
SCORING = ROOT / "seeds" / "scoring"
DATABASE = "scores"
CONTACTS, EVENTS = "contacts/contacts.yml", "events/contact_events.yml"
AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001  (timestamps are UTC)
PROJECT = f"""
name: decile
version: "1.0.0"
config-version: 2
profile: decile
flags:
  send_anonymous_usage_stats: false
vars:
  as_of: "{AS_OF}"
  demo: false
  backtest_cutoffs: 0
  backtest_interval_days: 60
models:
  +materialized: table
"""
PROFILE = """
decile:
  target: duckdb
  outputs:
    duckdb: {{type: duckdb, path: '{path}', schema: main, threads: 1}}
"""
CONSENTS = {"contact_id": "string", "purpose": "string", "status": "string",
            "changed_at": "timestamp"}  # fmt: skip
LISTS = {"competitors": {"company_domain": "string"}, "free_mail_domains": {"domain": "string"}}
Columns = Mapping[str, str]


class ScoringProject:
    """The statements of the models, and an empty database with the raw tables under them."""

    def __init__(self) -> None:
        self.statements = compiled_models()
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(f"attach ':memory:' as {DATABASE}; use {DATABASE}; {raw_schema()}")

    def build(self, *models: str) -> None:
        """Build models and whatever they read, as dbt would on an empty warehouse."""
        wanted = set(models)
        for name, sql in reversed(self.statements.items()):
            if name in wanted:
                wanted |= {other for other in self.statements if f'"main"."{other}"' in sql}
        for name, sql in self.statements.items():
            if name in wanted:
                self.connection.execute(f"create or replace table {name} as {sql}")

    def write_rules(self, folder: Path = SCORING) -> None:
        """Put the rule CSVs of a folder in place of those that are there; the events stay."""
        for path in sorted({SCORING / "event_catalog.csv", *folder.glob("*.csv")}):
            with path.open(encoding="utf-8", newline="") as file:
                rows = [{name: cell or None for name, cell in row.items()}
                        for row in csv.DictReader(file)]  # fmt: skip
            self.write(path.stem, rows)

    def write(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Put rows into a raw table in place of those that are there."""
        self.connection.execute(f"delete from raw.{table}")
        if rows:
            names = list(dict.fromkeys(name for row in rows for name in row))
            lists = [[row.get(name) for row in rows] for name in names]
            unnested = ", ".join("unnest(?)" for _ in names)
            self.connection.execute(
                f"insert into raw.{table} ({', '.join(names)}) select {unnested}", lists
            )

    def write_contacts(self, *contacts: str | Mapping[str, object]) -> None:
        """Put contacts in place of those that are there; they have long been known."""
        known = {"first_known_at": AS_OF - timedelta(days=1000)}
        rows = [{"contact_id": one} if isinstance(one, str) else one for one in contacts]
        self.write("contacts", [known | dict(row) for row in rows])

    def write_events(self, events: Iterable[tuple[str, str, float] | Mapping[str, object]]) -> None:
        """Put events in place of those that are there.

        Each is (contact, event, days ago), or a mapping of columns with `days_ago`.
        """
        rows = []
        for number, event in enumerate(events):
            if not isinstance(event, Mapping):
                event = dict(zip(("contact_id", "event_name", "days_ago"), event, strict=True))
            row = {"event_id": f"{number:06}", "is_excluded": False, **event}
            row["occurred_at"] = AS_OF - timedelta(days=row.pop("days_ago"))
            rows.append(row)
        self.write("contact_events", rows)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Give what a query of the models returns, sorted."""
        return sorted(self.connection.execute(query).fetchall(), key=repr)


@cache
def compiled_models() -> dict[str, str]:
    """The SQL of every scoring model as dbt compiles it; what is read comes first."""
    read = [ROOT / "models" / file for file in (CONTACTS, EVENTS)]
    for folder in ("macros", "models/scoring", "seeds/scoring", "seeds/recipes"):
        read += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    models: dict[str, str] = json.loads(kept("scoring", _compile, files=[Path(__file__), *read]))
    return models


def _compile() -> bytes:
    with TemporaryDirectory() as name:
        folder = Path(name)
        database = folder / f"{DATABASE}.duckdb"
        write_project(folder, database)
        with duckdb.connect(str(database)) as connection:
            connection.execute(raw_schema())
            write_fields(connection)
        # One model is compiled with the columns of another, so they are all built, empty.
        where = ["--project-dir", name, "--profiles-dir", name]
        target = ["--target-path", str(folder / "target"), "--log-level-file", "none", "--quiet"]
        result: Any = dbtRunner().invoke(["run", *where, *target])
    assert result.success, [each.message for each in result.result or []] or result.exception
    return json.dumps({each.node.name: each.node.compiled_code for each in result.result}).encode()


def write_fields(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the computed fields of all recipes there, which dbt compiles into columns."""
    recipes = sorted((ROOT / "seeds").rglob("computed_fields.csv"))
    for table, key, paths in (
        ("event_catalog", "event_name", [SCORING / "event_catalog.csv"]),
        ("computed_fields", "field", recipes),
    ):
        for path in paths:
            connection.execute(
                f"insert into raw.{table} by name select * from read_csv(?, all_varchar = true, "
                f"header = true, delim = ',') where {key} not in (select {key} from raw.{table})",
                [str(path)],
            )


def write_project(folder: Path, database: Path) -> None:
    """Write a project of the scoring models alone."""
    shutil.copytree(ROOT / "macros", folder / "macros")
    (folder / "models").mkdir()
    (folder / "dbt_project.yml").write_text(PROJECT)
    (folder / "profiles.yml").write_text(PROFILE.format(path=database))
    for model in sorted((ROOT / "models" / "scoring").glob("*.sql")):
        sql = model.read_text(encoding="utf-8").replace("='incremental'", "='table'")
        (folder / "models" / model.name).write_text(sql)
    for table in raw_tables():
        (folder / "models" / f"{table}.sql").write_text(f"select * from raw.{table}")


def raw_schema() -> str:
    """Statements that create the raw tables, empty."""
    tables = (
        f"create table raw.{table} ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})"
        for table, kinds in raw_tables().items()
    )
    return "; ".join(["create schema raw", *tables])


def raw_tables() -> dict[str, Columns]:
    """The columns of every table that the scoring models read, and their types."""
    seeds = {path.stem: header(path) for path in sorted(SCORING.glob("*.csv"))}
    described = {
        "contacts": described_columns(CONTACTS),
        "contact_events": described_columns(EVENTS),
    }
    return {**seeds, **described, **LISTS, "contact_consents": CONSENTS}


def header(path: Path) -> Columns:
    """The columns of a seed, which are texts."""
    with path.open(encoding="utf-8", newline="") as file:
        return dict.fromkeys(next(csv.reader(file)), "string")


def described_columns(file: str) -> Columns:
    """The columns of a model and their types, as its contract gives them."""
    (model,) = yaml.safe_load((ROOT / "models" / file).read_text(encoding="utf-8"))["models"]
    return {column["name"]: column["data_type"] for column in model["columns"]}
