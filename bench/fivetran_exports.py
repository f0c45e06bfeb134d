"""Build staging on real column layouts: Fivetran's own test exports, by setting vars only.

Usage: python -m bench.fivetran_exports DIRECTORY [--database FILE] [--text]

DIRECTORY holds dbt_hubspot/, dbt_mailchimp/ and dbt_shopify/ with their CSVs. Each layout is
loaded into a schema of a DuckDB file and built, then the rows of every staging model are
counted, and what became of them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]

# Folder and file name of each layout's exports, by the schema they are loaded into.
LAYOUTS = {
    "fivetran_hubspot": ("dbt_hubspot", r"(\w+?)_data\.csv"),
    "fivetran_mailchimp": ("dbt_mailchimp", r"(\w+)\.csv"),
    "fivetran_shopify": ("dbt_shopify", r"shopify_(?!gql_)(\w+?)_data\.csv"),
    "fivetran_shopify_gql": ("dbt_shopify", r"shopify_gql_(\w+?)_data\.csv"),
}

BUILDS: dict[str, dict[str, Any]] = {
    "HubSpot and Shopify": {
        "sources": ["hubspot", "shopify"],
        "hubspot_schema": "fivetran_hubspot",
        "shopify_schema": "fivetran_shopify",
        "shopify_tables_absent": ["customer_address"],
    },
    "Shopify, newer layout": {
        "sources": ["shopify"],
        "shopify_schema": "fivetran_shopify_gql",
    },
    "Mailchimp": {
        "sources": ["mailchimp"],
        "mailchimp_schema": "fivetran_mailchimp",
    },
}

# Staging, and as much of what follows as says what became of its rows.
MODELS = ["path:models/staging", "+source_reconciliation", "+contact_events", "quarantine"]
PLACES = ["source", "shape", "in", "contacts", "visitors", "deleted", "quarantined"]

Row = tuple[Any, ...]


def load(directory: Path, database: Path, *, as_text: bool) -> dict[str, int]:
    """Load every export of each layout, and say how many tables each schema has."""
    tables: dict[str, int] = {}
    with duckdb.connect(str(database)) as connection:
        for schema, (folder, name) in LAYOUTS.items():
            connection.execute(f"create schema if not exists {schema}")
            for path in sorted((directory / folder).glob("*.csv")):
                found = re.fullmatch(name, path.name)
                if found is None:
                    continue
                connection.execute(
                    f'create or replace table {schema}."{found[1]}" as '
                    "select * from read_csv(?, header = true, all_varchar = ?)",
                    [str(path), as_text],
                )
                tables[schema] = tables.get(schema, 0) + 1
    return tables


def build(database: Path, project_vars: dict[str, Any]) -> int:
    """Run `dbt build` up to the reconciliation and give its exit code."""
    dbt = Path(sys.executable).with_name("dbt")
    command = ["build", "--select", *MODELS, "--vars", json.dumps(project_vars)]
    settings = {"DECILE_TARGET": "duckdb", "DECILE_DUCKDB_PATH": str(database)}
    return subprocess.run(
        [dbt, "--quiet", *command, "--profiles-dir", "."],
        cwd=ROOT,
        env=os.environ | settings,
        check=False,
    ).returncode


def count(database: Path, sources: list[str]) -> dict[str, int]:
    """Give the rows of every staging model of these sources, by name."""
    with duckdb.connect(str(database), read_only=True) as connection:
        views = connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema like '%staging' order by table_name"
        ).fetchall()
        rows = {}
        for schema, view in views:
            if view.removeprefix("stg_").split("__")[0] in sources:
                found = connection.execute(f'select count(*) from "{schema}"."{view}"').fetchone()
                rows[view] = found[0] if found else 0
    return rows


def reconcile(database: Path) -> list[Row]:
    """Give the reconciliation: where the records of every source and shape went."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(
            "select source, shape, records_in, contacts, visitors, deleted, quarantined "
            "from decile.source_reconciliation order by source, shape desc"
        ).fetchall()


def show(title: str, columns: list[str], rows: list[Row]) -> Table:
    """Lay rows out as a table."""
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(str(value) for value in row))
    return table


def main() -> int:
    """Load the exports, build each set of vars, and show what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--database", type=Path, default=ROOT / "fivetran.duckdb")
    parser.add_argument("--text", action="store_true", help="load every column as text")
    arguments = parser.parse_args()
    database = arguments.database.resolve()
    console = Console()

    for schema, tables in load(arguments.directory, database, as_text=arguments.text).items():
        console.print(f"Loaded {tables} tables into {schema}.")
    for title, settings in BUILDS.items():
        project_vars = {"demo": False, **settings}
        console.print(f"\n[bold]{title}[/bold]: dbt build --vars '{json.dumps(project_vars)}'")
        if build(database, project_vars) != 0:
            return 1
        counts = list(count(database, settings["sources"]).items())
        console.print(show("Rows of staging", ["model", "rows"], counts))
        console.print(show("What became of them", PLACES, reconcile(database)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
