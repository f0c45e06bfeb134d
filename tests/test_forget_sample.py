"""Somebody of the sample is forgotten, with a kill on the way: no build brings them back."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).with_name("dbt")
DECILE = "from sync.cli import app; app()"
KILLED = "import os, sync.forget; sync.forget._delete = lambda *_: os._exit(9); " + DECILE
# In three sources, with a phone and a browser, and nothing that others have too.
SOMEBODY = """
    with own as (
        select contact_id from decile.contact_identifiers
        where contact_id not in (
            select one.contact_id
            from decile.contact_identifiers as one
            inner join decile.contact_identifiers as other
                using (identifier_type, identifier_value)
            where one.contact_id <> other.contact_id
        )
        group by 1 having count(distinct identifier_type) = 5 and count(distinct source) > 2
    )
    select contact_id, email, first_name, last_name
    from decile.contacts inner join own using (contact_id)
    order by record_count desc, contact_id limit 1
"""
OTHERS = """
    select contact_id, email, fit_points, engagement_points, lead_score
    from decile.contacts left join decile.lead_scores using (contact_id)
    where contact_id <> ? order by 1
"""
SCHEMAS = ("decile", "decile_identity", "decile_ledger")

pytestmark = pytest.mark.long


class Sample:
    """The sample in a warehouse of its own, and its sandbox."""

    def __init__(self, folder: Path) -> None:
        self.database, self.sandbox = folder / "warehouse.duckdb", folder / "sandbox.sqlite"
        real = {name: value for name, value in os.environ.items() if "HUBSPOT" not in name}
        self.settings = real | {
            "DECILE_DUCKDB_PATH": str(self.database),
            "DECILE_SANDBOX_STATE": str(self.sandbox),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        }

    def build(self, *options: str) -> None:
        run = [str(DBT), "--quiet", "build", "--exclude-resource-type", "unit_test", *options]
        subprocess.run(run, cwd=ROOT, env=self.settings, check=True)

    def decile(self, *arguments: str, code: str = DECILE, ends_with: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT, env=self.settings, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == ends_with, done.stderr
        return done.stdout + done.stderr

    def ask(self, query: str, *parameters: str) -> list[Any]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def places(self, values: set[str]) -> set[str]:
        """Where any of the values stands, alone or within a text."""
        told = "|".join(re.escape(value.lower()) for value in values)
        alone = f"(^|[^0-9a-z])({told})($|[^0-9a-z])"
        tables = self.ask(
            "select table_schema || '.' || table_name, list(column_name) "
            f"from information_schema.columns where table_schema in {SCHEMAS} "
            "and data_type = 'VARCHAR' and table_name <> 'given_identifiers' group by 1"
        )
        return {
            table
            for table, columns in tables
            if self.ask(
                f"select 1 from {table} where regexp_matches(lower(concat_ws(' ; ', "
                f"{', '.join(columns)})), ?) limit 1",
                alone,
            )
        }

    def sandbox_holds(self, value: str) -> bool:
        with sqlite3.connect(self.sandbox) as state:
            return any(value in line.lower() for line in state.iterdump())


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = Sample(tmp_path_factory.mktemp("sample"))
    sample.build()
    sample.decile("setup")
    sample.decile("sync")
    return sample


def test_somebody_forgotten_does_not_come_back(sample: Sample) -> None:
    ((contact, email, first, last),) = sample.ask(SOMEBODY)
    identifiers = {
        value
        for (value,) in sample.ask(
            "select identifier_value from decile.contact_identifiers where contact_id = ?", contact
        )
    }
    # An event of the CRM may have the number of their record.
    traces = {contact, f"{first} {last}", *identifiers} - {
        value for value in identifiers if value.startswith("hubspot:")
    }
    others = sample.ask(OTHERS, contact)
    assert len(sample.places(traces)) > 30
    assert sample.sandbox_holds(email)

    killed = sample.decile("forget", email, "--yes", code=KILLED, ends_with=9)
    assert len(sample.ask("from decile_ledger.sync_state where contact_id = ?", contact)) > 0
    proof = sample.decile("forget", email, "--yes", "--json")
    again = sample.decile("forget", email)
    assert "Nothing is left of them" in again
    for said in (killed, proof, again):
        assert not any(value in said for value in traces - {contact})
    tables = json.loads(proof[proof.index("{") : proof.rindex("}") + 1])["tables"]
    assert {rows["left"] for rows in tables.values()} == {0}
    assert not sample.sandbox_holds(email)
    assert sample.places(traces) == set()

    for options in ((), ("--full-refresh",)):
        sample.build(*options)
        assert sample.places(traces) == set(), options
        assert sample.ask(OTHERS, contact) == others, options
        (suppressed,) = sample.ask("select sum(suppressed) from decile.source_reconciliation")[0]
        assert suppressed > len(identifiers)
    assert "Nothing is left of them" in sample.decile("forget", contact)
