"""The policy seeds with conditions are checked as files, by the words that a build has for them."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from sync.audience_seeds import AUDIENCE_KINDS, AUDIENCE_LISTS, check_audiences
from sync.policy_rules import POLICY_KINDS, POLICY_LISTS, SCORES, check_policies
from sync.recipes import recipe_names

ROOT = Path(__file__).parents[1]
LIFECYCLE = "seeds/policy/lifecycle_rules.csv"
INTERESTS = "seeds/policy/interest_rules.csv"
AUDIENCES = "seeds/policy/audiences.csv"
SPLITS = "seeds/policy/audience_splits.csv"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds", ignore=shutil.ignore_patterns("demo"))
    fields = tmp_path / "models" / "scoring" / "contact_fields.yml"
    fields.parent.mkdir(parents=True)
    shutil.copy(ROOT / "models" / "scoring" / "contact_fields.yml", fields)
    shutil.copy(ROOT / "dbt_project.yml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("recipe", recipe_names(ROOT))
def test_what_ships_is_right_with_every_recipe(project: Path, recipe: str) -> None:
    assert check_policies(project, recipe=recipe) == []
    assert check_audiences(project, recipe=recipe) == []


@pytest.mark.parametrize(
    ("file", "found", "instead", "column", "message"),
    [
        (LIFECYCLE, "days_known,>,90", "shoe_size,>,90", "field", '"shoe_size" is not allowed'),
        (LIFECYCLE, "days_known,>,90", "days_known,>,many", "value", "> needs a number"),
        (LIFECYCLE, "has_purchased,is_true,,", "has_purchased,,,", "field", "lacks the other"),
        (LIFECYCLE, "new,known", "newer,known", "stage", '"newer" is not allowed'),
        (INTERESTS, "product_category,,,1,", "product_category,,,0,", "weight", '"0" is not'),
        (INTERESTS, "page_viewed,product_category,,,1", "page_viewed,,,,1", "interest", "is empty"),
        (INTERESTS, "page_viewed,product", "email_sent,product", "event_name", '"email_sent" is'),
        (AUDIENCES, "aud_cross_selling", "aud_cross", "model", "one of aud_abandoned_carts, aud_"),
        (AUDIENCES, "ad_targeting,0.1", "adverts,0.1", "purpose", '"adverts" is not allowed'),
        (AUDIENCES, "lapsed,,,,,", "lapsed|lapsing,,,,,", "stages", '"lapsing" is not allowed'),
        (AUDIENCES, "lapsed,,,,,", "|,,,,,", "stages", '"" is not allowed; allowed: one of'),
        (AUDIENCES, ",irrelevant,", ",irrelevant|tepid,", "bands", '"tepid" is not allowed'),
        (AUDIENCES, ",,out,60,", ",,in|out,60,", "customers", '"in|out" is not allowed'),
        (AUDIENCES, "0.2,,messages,5", "1,,messages,5", "holdout_share", "from 0 and below 1"),
        (AUDIENCES, "Hot leads to retarget", "", "label", "is empty; allowed: a text"),
        (AUDIENCES, "suppress_irrelevant", "loyalty", "audience", "is the name of row 6 already"),
        (
            AUDIENCES,
            "ready_to_buy,,out,60,",
            "ready_to_buy,,out,60,60",
            "silent_for_days",
            "nobody",
        ),
        (AUDIENCES, ",,,,,,ready_to_buy,,out", ",,,,7,6,ready_to_buy,,out", "max_decile", "nobody"),
        (SPLITS, "win_back,news,0.5", "win_back,news,0.4", "share", "add up to 0.9; allowed"),
        (SPLITS, "win_back,news,0.5", "win_back,discount,0.5", "arm", "name of row 2 already"),
        (SPLITS, "win_back,news,0.5", "win-back,news,0.5", "audience", '"win-back" is not allowed'),
    ],
)
def test_a_mistake_is_told_with_its_file_row_and_column(
    project: Path, file: str, found: str, instead: str, column: str, message: str
) -> None:
    text = (project / file).read_text()
    assert found in text
    (project / file).write_text(text.replace(found, instead, 1))
    problem, *_ = check_policies(project) or check_audiences(project)
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if found in row)
    assert (problem.file, problem.row, problem.column) == (file, line, column)
    assert message in problem.message


def test_seeds_that_are_not_there_have_no_mistakes(project: Path) -> None:
    shutil.rmtree(project / "seeds" / "policy")
    assert check_policies(project) == []
    assert check_audiences(project) == []


def test_the_warehouse_checks_the_same_cells_and_columns() -> None:
    kinds = {name: dict(columns) for name, columns in POLICY_KINDS.items()}
    assert macro_literal("policy_cell_kinds", r"return\((.*)\) *\}\}") == kinds
    scores = {kind: list(names) for kind, names in SCORES.items()}
    assert macro_literal("condition_fields", r"set scores = (.*?) -?%\}") == scores
    values = (ROOT / "models" / "lifecycle" / "policy_values.sql").read_text()
    for kind, names in POLICY_LISTS.items():
        assert f"'{kind}': {list(names)}" in values


def test_the_warehouse_checks_the_same_cells_of_audiences() -> None:
    kinds = {name: dict(columns) for name, columns in AUDIENCE_KINDS.items()}
    assert macro_literal("audience_cell_kinds", r"return\((.*)\) *\}\}") == kinds
    names = (ROOT / "models" / "audiences" / "audience_cell_names.sql").read_text()
    for kind, allowed in AUDIENCE_LISTS.items():
        assert f"'{kind}': {list(allowed)}" in names


def macro_literal(name: str, pattern: str) -> object:
    found = re.search(pattern, (ROOT / "macros" / f"{name}.sql").read_text(), re.S)
    assert found
    return ast.literal_eval(found[1].strip())
