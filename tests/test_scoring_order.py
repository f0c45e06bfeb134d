"""Scores do not depend on the order in which rows were loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_contact_ids import Company

pytestmark = pytest.mark.long
TABLES = (
    "contact_fields", "score_points", "scenario_points", "contact_scores", "lead_scores",
    "score_scale", "score_reasons",
)  # fmt: skip


def scores(company: Company) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables that scoring makes, in one order."""
    return {
        table: company.sql(f"select * from decile.{table} order by all")  # noqa: S608  (names of our own tables)
        for table in TABLES
    }


def test_shuffled_input_gives_the_same_scores(tmp_path: Path) -> None:
    company = Company(tmp_path, day=1)
    company.build("+lead_scores", "+score_reasons", with_seeds=True)
    before = scores(company)
    assert all(before.values())

    # The same day once more; what remembers is forgotten, all but the ids of contacts.
    company.shuffle()
    company.sql("drop table decile.score_scale")
    company.sql("drop table if exists decile.score_history")
    company.day -= 1
    company.build("+lead_scores", "+score_reasons", "--full-refresh")
    after = scores(company)
    for table in TABLES:
        assert after[table] == before[table], table
