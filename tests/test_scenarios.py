"""Several ways to look at all contacts, side by side."""

from __future__ import annotations

import pytest

from tests.scoring_project import ScoringProject


@pytest.fixture(scope="module")
def project() -> ScoringProject:
    return ScoringProject()


def test_the_shipped_rules_score(project: ScoringProject) -> None:
    project.write_rules()
    project.write_contacts("ada", "bob")
    project.write_events([("ada", "demo_attended", 0), ("ada", "demo_attended", 60)])
    project.build("lead_scores")
    rows = project.rows("select contact_id, points, band, decile from lead_scores")
    assert [(row[0], float(row[1]), *row[2:]) for row in rows] == [
        ("ada", 30, "warm", 10),
        ("bob", 0, "cold", 1),
    ]
