"""How well one rule ranks the customers of CDNOW: AUC and lift, at four dates.

Usage: python -m bench.cdnow FILE [--folder FOLDER]

FILE has a line for each purchase: customer, day, quantity, amount. They are loaded as orders
of a Shopify shop. The project is copied, its rules make way for one with a half-life, and
everything up to score_quality is built, by vars and seeds only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from bench.project import ROOT, build, copy_project

# Everybody first bought in the first quarter of 2021, and the last day is 30 June 2022: the
# last of four dates has its 90 days behind it, and the first of them knows every customer.
VARS: dict[str, Any] = {
    "demo": False,
    "sources": ["shopify"],
    "shopify_tables_absent": [
        "customer_address",
        "order_line",
        "product",
        "order_discount_code",
        "abandoned_checkout",
    ],
    "as_of": "2022-04-01 00:00:00",
    "backtest_cutoffs": 3,
    "backtest_interval_days": 90,
    "conversion_window_days": 90,
}

# What stands below the header of a seed: one rule, no bounds, nothing about who they are.
SEEDS: dict[str, list[str]] = {
    "event_rules": ["bought,default_engagement,Bought,order_completed,,,,10,,90,,,,,,true"],
    "field_rules": [],
    "rule_groups": [],
    "scorecards": ["default_engagement,default,engagement,What they did,,"],
}
LEAST_AUC, LEAST_LIFT = 0.79, 3.6


def load(purchases: Path, database: Path) -> None:
    """Load the purchases as the two tables of a shop, all orders paid."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema shopify")
        connection.execute(
            """
            create table shopify."order" as
            with purchases as (
                select string_split_regex(trim(line), ' +') as cells
                from read_csv(?, columns = {'line': 'varchar'}, delim = '\t', header = false)
            )
            select row_number() over () as id, cells[1] as customer_id,
                strptime(cells[2], '%Y%m%d') as created_at, cells[4] as total_price,
                timestamp '2022-07-01' as _fivetran_synced
            from purchases
            """,
            [str(purchases)],
        )
        connection.execute("""
            create table shopify.customer as
            select customer_id as id, min(created_at) as created_at,
                max(_fivetran_synced) as _fivetran_synced
            from shopify."order"
            group by customer_id
        """)


def replace_rules(project: Path) -> None:
    """Put other rows below the headers of the seeds."""
    for name, rows in SEEDS.items():
        seed = project / "seeds" / "scoring" / f"{name}.csv"
        header = seed.read_text().splitlines()[0]
        seed.write_text("".join(f"{line}\n" for line in (header, *rows)))


def show(dates: Sequence[tuple[Any, ...]], auc: float, lift: float) -> None:
    """Print a line for each date, and the means."""
    table = Table("scored on", "contacts", "buyers", "AUC", "top lift", "at most")
    for as_of, contacts, buyers, its_auc, its_lift, ceiling in dates:
        table.add_row(
            f"{as_of:%d %B %Y}",
            f"{contacts:,}",
            f"{buyers:,}",
            f"{its_auc:.4f}",
            f"{its_lift:.2f}",
            f"{ceiling:.2f}",
        )
    table.add_section()
    table.add_row("mean", "", "", f"{auc:.3f}", f"{lift:.2f}", "")
    Console().print(table)


def main() -> int:
    """Score CDNOW at four dates, print how well, and fail below the bounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("purchases", type=Path, metavar="FILE")
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "cdnow")
    arguments = parser.parse_args()
    project = arguments.folder.resolve()
    database = project / "cdnow.duckdb"
    copy_project(project)
    replace_rules(project)
    load(arguments.purchases, database)
    build(project, database, select="+score_quality", project_vars=VARS)
    with duckdb.connect(str(database), read_only=True) as connection:
        dates = connection.execute("""
            select as_of, contacts, buyers, auc, top_lift, top_lift_ceiling
            from decile.score_quality
            order by as_of
        """).fetchall()
    auc = mean(float(date[3]) for date in dates)
    lift = mean(float(date[4]) for date in dates)
    show(dates, auc, lift)
    complete = len(dates) == VARS["backtest_cutoffs"] + 1
    return 0 if complete and auc >= LEAST_AUC and lift >= LEAST_LIFT else 1


if __name__ == "__main__":
    sys.exit(main())
