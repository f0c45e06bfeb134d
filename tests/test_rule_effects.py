"""Rules that are well-formed and useless: what the files tell, and what the warehouse tells."""

from __future__ import annotations

import shutil
from contextlib import chdir
from pathlib import Path

import duckdb
import pytest
from small_project import write_people, write_project
from typer.testing import CliRunner

from sync.cli import app
from sync.rule_effects import effect_problems, half_life_warnings, read_values
from sync.rule_warnings import warehouse_warnings
from sync.rules import check_rules
from sync.seed_files import Row
from sync.session import open_session

ROOT = Path(__file__).parents[1]
EVENT = {
    "rule": "pricing", "scorecard": "what", "event_name": "page_viewed", "property": "page_path",
    "operator": "=", "value": "/Pricing", "points": "15", "first_time_points": "",
    "within_days": "3", "half_life_days": "", "min_times": "", "max_per_day": "",
    "is_active": "true",
}  # fmt: skip
FIELD = {
    "rule": "boss", "scorecard": "who", "field": "job_level", "operator": "=", "value": "VP",
    "points": "15", "is_disqualifier": "false", "is_active": "true",
}  # fmt: skip
CARD = {"scorecard": "what", "min_points": "-5", "max_points": "5"}
VALUES = {"job_level": ("c_level", "vp", "other"), "is_student": ("true", "false")}


def rows(first: dict[str, str], *changes: dict[str, str]) -> list[Row]:
    return [Row("file", number + 2, first | change) for number, change in enumerate(changes)]


def told(
    *events: dict[str, str],
    fields: tuple[dict[str, str], ...] = (),
    cards: tuple[dict[str, str], ...] = (),
) -> list[tuple[int, str, str]]:
    rules = {
        "event_rules": rows(EVENT, *events),
        "field_rules": rows(FIELD, *fields),
        "scorecards": rows(CARD, *cards),
    }
    return [(p.row, p.column, p.message) for p in effect_problems(rules, VALUES)]


def test_a_rule_needs_points_unless_it_disqualifies() -> None:
    assert told({"points": "0"}) == [(2, "points", "gives no points")]
    assert told({"points": "0.00", "first_time_points": "5"}) == []
    assert told({"points": "0", "is_active": "false"}) == []
    assert told(fields=({"points": "0", "is_disqualifier": "true"},)) == []
    (problem,) = told(fields=({"points": "0"},))
    assert problem == (2, "points", "gives no points and disqualifies nobody")


def test_a_rule_may_not_ask_for_more_than_its_days_can_hold() -> None:
    assert told({"min_times": "8", "max_per_day": "2"}) == []
    ((row, column, message),) = told({"min_times": "9", "max_per_day": "2"})
    assert (row, column) == (2, "min_times")
    assert "lets 8 events count in 3 days at most, and 9 are asked for" in message
    assert told({"min_times": "9", "max_per_day": "2", "within_days": ""}) == []


@pytest.mark.parametrize(
    ("comparison", "message"),
    [
        (("job_level", "=", "boss"), 'job_level is never "boss"; allowed: c_level, vp, other'),
        (("job_level", "in", "vp|cheif"), 'never "cheif"'),
        (("job_level", "not_in", "vp|cheif"), 'never "cheif"'),
        (("job_level", "contains", "chief"), 'never "chief"'),
        (("job_level", "contains", "level"), None),
        (("job_level", "starts_with", "C_"), None),
        (("job_level", "is_null", ""), None),
        (("is_student", "=", "yes"), 'is_student is never "yes"; allowed: true, false'),
        (("is_student", "!=", "True"), None),
        (("is_student", "in", "true"), "is_student is true or false: use is_true"),
        (("industry", "=", "anything"), None),
    ],
)
def test_a_field_is_compared_with_values_that_it_has(
    comparison: tuple[str, str, str], message: str | None
) -> None:
    found = told(fields=(dict(zip(("field", "operator", "value"), comparison, strict=True)),))
    assert (message is None) == (found == [])
    assert message is None or message in found[0][2]


def test_a_condition_counts_once_in_a_scorecard() -> None:
    other = {"rule": "prices", "points": "3"}
    ((row, column, message),) = told({}, other | {"value": "/pricing"})
    assert (row, column) == (3, "rule")
    assert (
        message == "has the condition of pricing, row 2, which counts it already in this scorecard"
    )
    for difference in ({"scorecard": "else"}, {"within_days": "9"}, {"is_active": "false"}):
        assert told({}, other | difference) == []
    assert len(told(fields=({}, {"rule": "chief"}))) == 1
    assert told(fields=({}, {"rule": "chief", "is_disqualifier": "true"})) == []


def test_bounds_have_an_order() -> None:
    assert told(cards=({}, {"min_points": ""}, {"max_points": ""})) == []
    assert told(cards=({"min_points": "6"},)) == [(2, "min_points", "6 is above max_points, 5")]


@pytest.mark.parametrize(
    "label", ["=1+1", "+49", "@here", "Is <b>big", "One; two", "A\tB", "x" * 101]
)
def test_a_label_is_plain_text_for_a_field_of_a_crm(label: str) -> None:
    ((row, column, message),) = told({"label": label})
    assert (row, column) == (2, "label")
    assert "is no plain text" in message
    assert told({"label": 'Viewed – or "saw" - prices, 50+ times'}) == []


def test_a_half_life_that_loses_nothing_within_the_window_is_doubtful() -> None:
    def doubted(window: str, half_life: str) -> bool:
        change = {"within_days": window, "half_life_days": half_life}
        return bool(list(half_life_warnings({"event_rules": rows(EVENT, change)})))

    assert doubted("30", "5000")
    assert not doubted("30", "60")
    assert not doubted("", "5000")


def test_the_values_of_the_fields_are_read_off_their_tests() -> None:
    values = read_values(ROOT / "models" / "scoring" / "contact_fields.yml")
    assert "c_level" in values["job_level"]
    assert values["has_purchased"] == ("true", "false")
    assert "industry" not in values


def test_the_check_of_the_files_looks_at_effects(tmp_path: Path) -> None:
    text = (ROOT / "seeds/scoring/field_rules.csv").read_text()
    (tmp_path / "field_rules.csv").write_text(text.replace("c_level|vp", "c_level|ceo", 1))
    (problem,) = check_rules(ROOT, instead=tmp_path)
    assert 'job_level is never "ceo"' in problem.message


HEADER = "rule,scorecard,label,event_name,property,operator,value,points,is_active\n"
RULES = {
    "visited": "page_viewed,,,,5,true",
    "missing": "meeting_booked,,,,5,true",
    "strange": "page_viewed,product_id,=,x,5,true",
    "never": "page_viewed,page_path,=,/none,5,true",
    "edited": "page_viewed,page_path,=,/other,5,true",
    "useful": "page_viewed,page_path,=,/some,5,true",
}
HITS = {"visited": (7, 7), "missing": (0, 0), "strange": (0, 0), "never": (0, 0), "edited": (0, 0),
        "useful": (3, 0)}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Rules that were built and hit what HITS says, at an earlier date and now."""
    database = write_project(tmp_path)
    write_people(database)
    seeds = tmp_path / "seeds" / "scoring"
    seeds.mkdir(parents=True)
    (seeds / "field_rules.csv").write_text("rule,is_active\n")
    lines = [f"{rule},what,Label,{rest}\n" for rule, rest in RULES.items()]
    (seeds / "event_rules.csv").write_text(HEADER + "".join(lines))
    hits = ", ".join(
        f"(timestamp '2026-0{month}-01', '{rule}', {hit}, 7)"
        for rule, both in HITS.items()
        for month, hit in zip((1, 2), both, strict=True)
    )
    carried = "'page_viewed' as event_name, '/some' as page_path"
    lacked = "source link_url content_name campaign product_id product_category currency "
    lacked += "discount_code unit_price quantity amount duration_seconds"
    nulls = ", ".join(f"null as {name}" for name in lacked.split())
    with duckdb.connect(database) as connection:
        for table, query in {
            "rule_performance": f"select * from (values {hits}) as t "
            "(as_of, rule, contacts_hit, contacts)",
            "scored_events": f"select {carried}, {nulls} from range(4)",
            "event_rules": f"select * from read_csv('{seeds / 'event_rules.csv'}', "
            "all_varchar = true)",
            "field_rules": "select 'none' as rule, 'true' as is_active",
        }.items():
            if not table.endswith("_rules"):
                (tmp_path / "models" / f"{table}.sql").write_text("select 1 as one")
            connection.execute(f"create table small.{table} as {query}")
    text = (seeds / "event_rules.csv").read_text()
    (seeds / "event_rules.csv").write_text(text.replace("/other", "/changed"))
    return tmp_path


def test_what_hits_nobody_or_everybody_is_told_with_its_reason(project: Path) -> None:
    with chdir(project), open_session(None) as session:
        found = list(warehouse_warnings(session, Path()))
    assert [(warning.row, warning.column) for warning in found] == [
        (2, "value"), (3, "event_name"), (4, "property"), (5, "value")
    ]  # fmt: skip
    everybody, missing, strange, never = (warning.message for warning in found)
    assert "hits all 7 contacts" in everybody
    assert "no meeting_booked has ever come" in missing
    assert "none of 4 page_viewed carries a product_id" in strange
    assert "hits no contact on any of 2 dates" in never


def test_without_a_build_only_the_files_are_checked(tmp_path: Path) -> None:
    for name in ("seeds", "models"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("demo"))
    shutil.copy(ROOT / "dbt_project.yml", tmp_path)
    path = tmp_path / "seeds/scoring/event_rules.csv"
    path.write_text(path.read_text().replace(",15,90,30,", ",15,90,30000,", 1))
    printed = CliRunner().invoke(
        app, ["check", "rules", "--project-dir", str(tmp_path)], env={"DBT_TARGET_PATH": "none"}
    )
    assert printed.exit_code == 0
    assert "well-formed" in printed.stdout
    assert printed.stderr.startswith("warning seeds/scoring/event_rules.csv, row 2, half_life_days")
