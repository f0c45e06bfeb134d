"""The rule seeds are checked as files: each kind of mistake is told once, with file and row."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.computed_fields import NAME as FIELD_NAME
from sync.errors import ConfigError
from sync.recipes import recipe_names
from sync.rule_ladders import NUMBER
from sync.rules import EVENT_PROPERTIES, KINDS, check_rules
from sync.seed_files import RuleProblem, read_seed

ROOT = Path(__file__).parents[1]
EVENT_RULES = "seeds/scoring/event_rules.csv"
FIELD_RULES = "seeds/scoring/field_rules.csv"
BANDS = "seeds/scoring/bands.csv"
GRADES = "seeds/scoring/grades.csv"
COMPUTED = "seeds/scoring/computed_fields.csv"
GROUPS = "seeds/scoring/rule_groups.csv"

SEEDS = {
    "event_catalog": [
        "event_name,label,category,is_activity,is_conversion",
        "page_viewed,Viewed a page,web,true,false",
    ],
    "event_rules": [
        "rule,scorecard,label,event_name,property,operator,value,points,within_days,"
        "half_life_days,min_times,max_per_day,max_points,first_time_points,rule_group,is_active",
        "pricing,what,Prices,page_viewed,page_path,starts_with,/pricing,15,90,30,,,45,5,,true",
    ],
    "field_rules": [
        "rule,scorecard,label,field,operator,value,points,rule_group,is_disqualifier,is_active",
        "size,who,Mid-size,employee_count,between,50|249,10,size,false,true",
        "boss,who,Decides,job_level,in,c_level|vp,20,,false,true",
        "buyer,who,Spent much,spent,>,100,20,,false,true",
        "demo,what,Saw the demo,last_page,contains,demo,20,,false,true",
    ],
    "scorecards": [
        "scorecard,scenario,dimension,label,min_points,max_points",
        "who,default,fit,Who they are,,50",
        "what,default,engagement,What they did,-50,",
    ],
    "computed_fields": [
        "field,function,measured,event_name,property,operator,value,within_days",
        "views_90d,count,,page_viewed,page_path,contains,demo,90",
        "spent,sum,amount,page_viewed,,,,",
        "last_page,last_value,page_path,page_viewed,,,,",
    ],
    "rule_groups": [
        "rule_group,scorecard,label,min_points,max_points",
        "size,who,Size,-5,15",
        "mails,what,Mails,,20",
    ],
    "scenarios": [
        "scenario,label,fit_weight,engagement_weight,scale,is_active",
        "default,Everyone,1,1,,true",
    ],
    "bands": [
        "scenario,measure,band,min_value,label,qualification",
        "default,points,cold,,Cold,none",
        "default,points,warm,20,Warm,mql",
        "default,points,hot,50,Hot,sql",
    ],
    "grades": [
        "scenario,dimension,grade,min_points",
        "default,fit,A,10",
        "default,fit,D,",
        "default,engagement,1,10",
        "default,engagement,4,",
    ],
}
FIELDS = {"job_level": "string", "employee_count": "integer"}
Check = Callable[..., list[RuleProblem]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds" / "scoring"
    folder.mkdir(parents=True)
    for name, lines in SEEDS.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return tmp_path


@pytest.fixture
def check(project: Path) -> Check:
    def write_and_check(file: str, old: str, new: str) -> list[RuleProblem]:
        path = project / file
        text = path.read_text()
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1))
        return check_rules(project, fields=FIELDS)

    return write_and_check


@pytest.mark.parametrize("recipe", recipe_names(ROOT))
def test_the_shipped_rules_are_well_formed(recipe: str) -> None:
    assert check_rules(ROOT, recipe=recipe) == []


def test_the_rules_that_are_on_are_checked(project: Path) -> None:
    other = project / "seeds" / "recipes" / "other"
    shutil.copytree(project / "seeds" / "scoring", other)
    (other / "event_catalog.csv").unlink()
    (other / "bands.csv").write_text("\n".join(SEEDS["bands"]).replace("20", "many") + "\n")
    assert check_rules(project, fields=FIELDS) == []
    (project / "dbt_project.yml").write_text("vars: {recipe: other}\n")
    (problem,) = check_rules(project, fields=FIELDS)
    assert (problem.file, problem.row) == ("seeds/recipes/other/bands.csv", 3)


def test_a_recipe_that_is_not_there_is_told(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"no recipe 'b2c'; known are: general$"):
        check_rules(project, fields=FIELDS, recipe="b2c")


def test_good_rules_are_no_problem(project: Path) -> None:
    assert check_rules(project, fields=FIELDS) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "row", "column", "message"),
    [
        (EVENT_RULES, "page_viewed", "page_veiwed", 2, "event_name",
         '"page_veiwed" is not allowed; allowed: one of page_viewed'),
        (EVENT_RULES, "page_path", "page_pth", 2, "property", '"page_pth" is not allowed'),
        (EVENT_RULES, "starts_with", "begins", 2, "operator", "allowed: one of =, !=, >"),
        (EVENT_RULES, ",15,", ",fifteen,", 2, "points", "allowed: a number"),
        (EVENT_RULES, ",15,", ",,", 2, "points", "is empty; allowed: a number"),
        (EVENT_RULES, ",90,", ",0,", 2, "within_days", "allowed: a whole number from 1"),
        (EVENT_RULES, ",30,", ",-30,", 2, "half_life_days", "allowed: a number above 0"),
        (EVENT_RULES, "what,", "waht,", 2, "scorecard", "one of who, what"),
        (EVENT_RULES, ",true\n", ",yes\n", 2, "is_active", "one of true, false"),
        (EVENT_RULES, "/pricing", "", 2, "value", "starts_with has no value to compare with"),
        (EVENT_RULES, "page_path", "", 2, "property", "and lacks the other"),
        (EVENT_RULES, "starts_with", ">", 2, "value", "> needs a column of numbers"),
        (EVENT_RULES, "pricing,what", "boss,what", 3, "rule",
         "is the name of seeds/scoring/event_rules.csv, row 2 already"),
        (FIELD_RULES, "job_level", "shoe_size", 3, "field", "one of views_90d, spent, last_page"),
        (FIELD_RULES, "50|249", "50", 2, "value", "between needs two numbers"),
        (FIELD_RULES, "50|249", "249|50", 2, "value", "the lower one first"),
        (FIELD_RULES, "between", "contains", 2, "value", "contains needs a column of texts"),
        (EVENT_RULES, ",5,,", ",five,,", 2, "first_time_points", "allowed: a number"),
        (EVENT_RULES, ",5,,", ",5,size,", 2, "rule_group",
         '"size" is no group of what; allowed: mails'),
        (FIELD_RULES, ",10,size,", ",10,sise,", 2, "rule_group", '"sise" is no group of who'),
        (COMPUTED, "views_90d", "Views 90d", 2, "field", '"Views 90d" is not allowed'),
        (COMPUTED, "views_90d", "job_level", 2, "field", "is a column already"),
        (COMPUTED, "views_90d", "amount", 2, "field", "is a column already"),
        (COMPUTED, "views_90d", "spent", 3, "field",
         "is the name of seeds/scoring/computed_fields.csv, row 2 already"),
        (COMPUTED, "count", "average", 2, "function", "one of count, sum, days_since"),
        (COMPUTED, "count,,", "count,amount,", 2, "measured", "count takes no property"),
        (COMPUTED, "sum,amount", "sum,campaign", 3, "measured", "needs a number to add up"),
        (COMPUTED, "last_value,page_path", "last_value,", 4, "measured", "needs a property"),
        (COMPUTED, "page_viewed", "page_veiwed", 2, "event_name", "one of page_viewed"),
        (COMPUTED, "page_path", "page_pth", 2, "property", '"page_pth" is not allowed'),
        (COMPUTED, "contains", ">", 2, "value", "> needs a column of numbers"),
        (COMPUTED, "90\n", "0\n", 2, "within_days", "a whole number from 1"),
        (FIELD_RULES, "spent,>", "last_page,>", 4, "value", "> needs a column of numbers"),
        (GROUPS, "mails,what", "mails,waht", 3, "scorecard", "one of who, what"),
        (GROUPS, "-5", "5", 2, "min_points", "allowed: a number up to 0"),
        (GROUPS, "15", "-15", 2, "max_points", "allowed: a number from 0"),
        (GROUPS, "mails,what", "size,who", 3, "rule_group",
         "is the name of seeds/scoring/rule_groups.csv, row 2 already"),
        ("seeds/scoring/scorecards.csv", "what,default", "what,defualt", 3, "scenario",
         "one of default"),
        ("seeds/scoring/scenarios.csv", "1,1,,", "1,1,percent,", 2, "scale",
         "one of percentile, points"),
        (BANDS, "cold,,", "cold,0,", 2, "min_value", "covers the lowest values"),
        (BANDS, "warm,20", "warm,50", 4, "min_value", "50 is the minimum of another"),
        (BANDS, "warm,20", "warm,60", 3, "qualification", "lower than that of the band below"),
        (BANDS, "warm,20", "warm,", 3, "min_value", "is the second empty one"),
        (BANDS, "default,points,warm", "default,score,warm", 3, "measure", "mixes points"),
        (GRADES, "fit,A,10", "fit,A,", 3, "min_points", "is the second empty one"),
        (GRADES, "engagement,4,\n", "engagement,4,5\n", 4, "min_points", "lowest values"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_row_and_what_is_allowed(
    check: Check, file: str, old: str, new: str, row: int, column: str, message: str
) -> None:
    problems = check(file, old, new)
    told = [p for p in problems if (p.row, p.column) == (row, column) and message in p.message]
    assert told, problems
    assert len(problems) == 1 or "mixes" in message, problems


def test_a_scenario_without_bands_is_told(check: Check) -> None:
    problems = check("seeds/scoring/scenarios.csv", "default,E", "other,Other,1,1,,true\ndefault,E")
    assert [(p.row, p.message) for p in problems] == [
        (2, "has no bands"),
        (2, "has no fit grades"),
        (2, "has no engagement grades"),
    ]


@pytest.mark.parametrize(
    ("content", "row", "message"),
    [
        (b"a,b\n1,2\n1,2,3\n", 3, "has 3 cells; the header has 2 columns"),
        (b"a,b\n1\n", 2, "has 1 cells; the header has 2 columns"),
        (b'a,b\n1,2\n3,"4\n5,6\n', 3, "a quote that is not closed"),
        (b'a,b\n"x\ny",2\n1\n', 4, "has 1 cells"),
        (b"a,b\n1,2\n3,\xe9\n", 3, "is not UTF-8"),
        (b"a,a\n1,2\n", 1, "each name once"),
        (b"", 1, "a name for every column"),
    ],
)
def test_a_broken_row_of_any_seed_is_told(
    project: Path, content: bytes, row: int, message: str
) -> None:
    demo = project / "seeds" / "demo" / "raw_shop__order.csv"
    demo.parent.mkdir()
    demo.write_bytes(content)
    (problem,) = check_rules(project, fields=FIELDS)
    assert (problem.file, problem.row) == ("seeds/demo/raw_shop__order.csv", row)
    assert message in problem.message


def test_a_spreadsheets_byte_order_mark_and_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n")
    seed = read_seed(path, "list.csv")
    assert (seed.header, seed.problems) == (("a", "b"), ())
    assert [row.cells for row in seed.rows] == [{"a": "1", "b": "2"}]


def test_a_column_that_is_missing_or_unknown_is_told(check: Check) -> None:
    problems = check(BANDS, "min_value", "minimum")
    assert {(p.file, p.row, p.column) for p in problems} == {
        (BANDS, 1, "min_value"),
        (BANDS, 1, "minimum"),
    }


def test_a_missing_seed_is_told(project: Path) -> None:
    (project / GRADES).unlink()
    assert [(p.file, p.message) for p in check_rules(project)] == [(GRADES, "is missing")]


def test_fields_are_read_from_the_yaml_of_contact_fields(project: Path) -> None:
    shutil.copytree(ROOT / "models" / "scoring", project / "models" / "scoring")
    assert check_rules(project) == []


def macro_value(name: str) -> object:
    """What a macro without arguments returns, read off its text."""
    text = (ROOT / "macros" / f"{name}.sql").read_text()
    found = re.search(r"return\((.*)\)\s*\}\}", text, re.S)
    assert found
    return ast.literal_eval(found[1].strip())


def test_the_warehouse_checks_the_same_cells() -> None:
    assert macro_value("rule_cell_kinds") == {name: dict(kinds) for name, kinds in KINDS.items()}


def test_the_warehouse_takes_the_same_names_and_numbers() -> None:
    assert macro_value("field_name_pattern") == f"^{FIELD_NAME.pattern}$"
    assert macro_value("number_pattern") == f"^{NUMBER.pattern}$"


def test_the_warehouse_compares_the_same_properties() -> None:
    properties = {kind: list(names) for kind, names in EVENT_PROPERTIES.items()}
    assert macro_value("event_properties") == properties
