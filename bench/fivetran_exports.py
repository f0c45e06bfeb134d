"""Build the project on real column layouts: Fivetran's own test exports, by vars only.

Usage: python -m bench.fivetran_exports DIRECTORY [--folder FOLDER] [--text]

DIRECTORY holds dbt_hubspot/, dbt_mailchimp/ and dbt_shopify/ with their CSVs. Each layout is
loaded into a DuckDB file of its own and the whole project is built and tested on it; then it
prints where every record went.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
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
    """Run `dbt build` on the whole project and give its exit code."""
    dbt = Path(sys.executable).with_name("dbt")
    command = ["build", "--exclude-resource-type", "unit_test", "--vars", json.dumps(project_vars)]
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_DUCKDB_PATH": str(database),
        "DBT_TARGET_PATH": str(database.with_suffix(".dbt")),
    }
    return subprocess.run(
        [dbt, "--quiet", *command, "--profiles-dir", "."],
        cwd=ROOT,
        env=os.environ | settings,
        check=False,
    ).returncode


def reconciliation(database: Path) -> Table:
    """Give the table source_reconciliation, for printing."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select * from decile.source_reconciliation order by source, shape"
        )
        table = Table(*[column[0] for column in found.description or ()])
        for row in found.fetchall():
            table.add_row(*[str(value) for value in row])
    return table


def main() -> int:
    """Load the exports, build each set of vars, and show what came of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "fivetran_exports")
    parser.add_argument("--text", action="store_true", help="load every column as text")
    arguments = parser.parse_args()
    console = Console()

    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    for number, (title, settings) in enumerate(BUILDS.items()):
        database = (arguments.folder / f"layout_{number}.duckdb").resolve()
        for schema, tables in load(arguments.directory, database, as_text=arguments.text).items():
            console.print(f"Loaded {tables} tables into {schema}.")
        project_vars = {"demo": False, **settings}
        console.print(f"\n[bold]{title}[/bold]: dbt build --vars '{json.dumps(project_vars)}'")
        if build(database, project_vars) != 0:
            return 1
        console.print(reconciliation(database))
    return 0


if __name__ == "__main__":
    sys.exit(main())
