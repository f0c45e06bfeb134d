"""Several ways to look at all contacts, side by side."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.scoring_project import SCORING, ScoringProject

# A second product: its own scorecards, weights, bands and grades, and points for a score.
SECOND = {
    "scenarios": [("gadget", "Who may want a gadget", "2", "1", "points", "true")],
    "scorecards": [("gadget_who", "gadget", "fit", "Who", "", ""),
                   ("gadget_what", "gadget", "engagement", "What", "", "40")],
    "bands": [("gadget", "score", "later", "", "Later", "none"),
              ("gadget", "score", "call", "60", "Call", "sql")],
    "grades": [("gadget", "fit", "A", ""), ("gadget", "engagement", "1", "")],
}  # fmt: skip
RULES = {
    "event_rules": {"rule": "gadget_demo", "scorecard": "gadget_what", "label": "Saw a gadget",
                    "event_name": "demo_attended", "points": "30", "is_active": "true"},
    "field_rules": {"rule": "gadget_boss", "scorecard": "gadget_who", "label": "Decides",
                    "field": "job_level", "operator": "=", "value": "vp", "points": "12.25",
                    "is_disqualifier": "false", "is_active": "true"},
}  # fmt: skip
SCORES = """
    select contact_id, scenario, cast(points as double), lead_score, band, qualification
    from lead_scores
"""
VERSIONS = "select scenario, rules_version from rules_version"


@pytest.fixture(scope="module")
def shared() -> ScoringProject:
    return ScoringProject()


@pytest.fixture
def project(shared: ScoringProject, tmp_path: Path) -> ScoringProject:
    for path in SCORING.glob("*.csv"):
        text = path.read_text()
        with (tmp_path / path.name).open("w", newline="") as file:
            file.write(text)
            csv.writer(file).writerows(SECOND.get(path.stem, []))
            if path.stem in RULES:
                names = next(csv.reader(text.splitlines()))
                csv.DictWriter(file, names).writerow(RULES[path.stem])
    shared.write_rules(tmp_path)
    shared.write_contacts({"contact_id": "ada", "job_title": "VP Sales"}, "bob", "eve")
    shared.write_events(
        [("ada", "demo_attended", 0), ("ada", "demo_attended", 0), ("bob", "trade_show_met", 0)]
    )
    return shared


def test_each_scenario_has_its_own_rules_scale_and_bands(project: ScoringProject) -> None:
    project.build("lead_scores", "rule_problems", "score_scale")

    assert project.rows("select * from rule_problems") == []
    assert project.rows(SCORES) == [
        ("ada", "default", 60.0, 100, "hot", "sql"),
        # 2 x 12.25 for who she is; 60 for what she did, held at 40.
        ("ada", "gadget", 64.5, 65, "call", "sql"),
        ("bob", "default", 10.0, 50, "cold", "none"),
        ("bob", "gadget", 0.0, 1, "later", "none"),
        ("eve", "default", 0.0, 1, "cold", "none"),
        ("eve", "gadget", 0.0, 1, "later", "none"),
    ]
    assert project.rows("select distinct scenario from score_scale") == [("default",)]


def test_a_rule_of_one_scenario_is_no_new_version_of_another(project: ScoringProject) -> None:
    project.build("rules_version")
    before = dict(project.rows(VERSIONS))
    project.connection.execute("update raw.event_rules set points = 31 where rule = 'gadget_demo'")
    project.connection.execute(
        "update raw.bands set label = 'Ring them' where scenario = 'default'"
    )
    project.build("rules_version")
    after = dict(project.rows(VERSIONS))

    assert after["default"] == before["default"]
    assert after["gadget"] != before["gadget"]
