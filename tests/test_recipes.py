"""Each recipe gives the points that it promises, from events to the band."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from jinja2 import Environment

from sync.recipes import recipe_names, rules_folder
from tests.scoring_project import ScoringProject

ROOT = Path(__file__).parents[1]
DBT = Path(sys.executable).with_name("dbt")
SCORES = """
    select contact_id, cast(points as double), lead_score, band, qualification
    from lead_scores where scenario = '{}'
"""
BANDS = """
    select contact_id, cast(points as double), band from lead_scores where scenario = '{}'
"""
Event = tuple[str, str, float] | Mapping[str, object]


@pytest.fixture(scope="module")
def shared() -> ScoringProject:
    return ScoringProject()


def event(contact: str, name: str, days_ago: float = 1, **columns: object) -> dict[str, object]:
    return {"contact_id": contact, "event_name": name, "days_ago": days_ago, **columns}


def score(project: ScoringProject, recipe: str, events: list[Event], *contacts: Any) -> None:
    """Score contacts by the CSVs of a recipe."""
    project.write_rules(ROOT / rules_folder(ROOT, recipe))
    project.write_contacts(*contacts)
    project.write_events(events)
    project.build("lead_scores", "rule_problems")
    assert project.rows("select * from rule_problems") == []


def test_b2b_met_downloaded_and_saw_a_demo(shared: ScoringProject) -> None:
    done = ("trade_show_met", "document_downloaded", "demo_attended")
    events = [
        event(contact, name, silent + number)
        for contact, silent in {"busy": 2.0, "waiting": 30.9, "silent": 31.0}.items()
        for number, name in enumerate(done)
    ]
    score(shared, "b2b", events, "busy", "waiting", "silent", "new")
    assert shared.rows(BANDS.format("default")) == [
        ("busy", 45.0, "hot"),
        ("new", 0.0, "cold"),
        ("silent", 30.0, "warm"),
        ("waiting", 45.0, "hot"),
    ]


def test_b2b_who_they_are_is_the_letter_of_the_grade(shared: ScoringProject) -> None:
    boss = {"contact_id": "boss", "job_title": "CEO", "employee_count": 400}
    score(shared, "b2b", [event("boss", "demo_attended")], boss)
    assert shared.rows("select points, fit_points, grade, band from lead_scores") == [
        (20, 35, "A2", "warm")
    ]


def test_ecommerce_visits_and_five_articles(shared: ScoringProject) -> None:
    score(shared, "ecommerce", list(shopping()), "bought", "four", "full", "rare", "regular")
    assert shared.rows(BANDS.format("default")) == [
        ("bought", 15.0, "warm"),
        ("four", 0.0, "cold"),
        ("full", 40.0, "hot"),
        ("rare", 25.0, "warm"),
        ("regular", 15.0, "warm"),
    ]
    # More than 30 points and still no purchase.
    assert shared.rows(BANDS.format("first_order")) == [
        ("bought", 15.0, "irrelevant"),
        ("four", 0.0, "wait"),
        ("full", 40.0, "call"),
        ("rare", 25.0, "remind"),
        ("regular", 15.0, "remind"),
    ]
    assert shared.rows("select from_value from score_steps where step = 'call'")[0][0] > 30


def shopping() -> Iterator[Event]:
    """Four days of visits, five articles in the cart, and an order."""
    for contact in ("bought", "full", "regular"):
        yield from (event(contact, "page_viewed", day + 0.5) for day in range(4))
    yield from (event("rare", "page_viewed", day + 0.5) for day in range(3))
    for contact, articles in {"bought": 5, "full": 5, "rare": 5, "four": 4}.items():
        yield from (event(contact, "cart_item_added", 0.1 * n) for n in range(5, 5 + articles))
    yield event("bought", "order_completed", 0.1)


def test_content_from_the_lead_magnet_to_a_discount(shared: ScoringProject) -> None:
    read = [
        event("reader", "document_downloaded", 60, content_name="Download: buyer's guide"),
        *(event("reader", "email_opened", 50 - n, campaign=f"Education: {n}") for n in range(3)),
        *(event("reader", "question_answered", 40 - n) for n in range(2)),
        *(event("reader", "promotion_opened", 30 - n, campaign="Promotion") for n in range(3)),
    ]
    more = [{**one, "contact_id": "ready"} for one in read]
    more += [event("ready", "email_opened", n, campaign="Newsletter: news") for n in (1, 2)]
    other = [
        event("form", "form_submitted", content_name="Lead magnet: checklist"),
        event("form", "email_opened", campaign="Invoice 12"),
    ]
    often = [event("fan", "email_opened", n, campaign="newsletter") for n in range(100)]
    score(
        shared, "content", [*read, *more, *other, *often], "fan", "form", "new", "ready", "reader"
    )
    assert shared.rows(SCORES.format("default")) == [
        ("fan", 30.0, 30, "cold", "none"),
        ("form", 5.0, 5, "cold", "none"),
        ("new", 0.0, 1, "cold", "none"),
        # 5 + 3 x 2 + 2 x 10 + 3 x 15, and two newsletters more
        ("reader", 76.0, 76, "marketing_qualified", "mql"),
        ("ready", 80.0, 80, "sales_qualified", "sql"),
    ]


def test_general_interest_counts_and_silence_takes_away(shared: ScoringProject) -> None:
    events: list[Event] = [
        event("keen", "newsletter_subscribed", 0),
        event("keen", "social_followed", 0),
        event("keen", "page_viewed", 0, page_path="/pricing", duration_seconds=1500),
        *(event(who, "page_viewed", 0, page_path="/careers/cook") for who in ("rival", "seeker")),
        event("rival", "trial_started", 0),
        event("seeker", "form_submitted", 0, page_path="/careers"),
        event("silent", "account_created", 400),
        *(event("silent", "email_delivered", n) for n in range(5)),
    ]
    shared.write("competitors", [{"company_domain": "rival.example"}])
    rival = {"contact_id": "rival", "company_domain": "rival.example"}
    score(shared, "general", events, "keen", rival, "seeker", "silent")
    assert shared.rows(BANDS.format("default")) == [
        ("keen", 40.0, "warm"),
        ("rival", 15.0, "irrelevant"),
        ("seeker", -5.0, "irrelevant"),
        ("silent", -20.0, "cold"),
    ]
    assert shared.rows(
        "select disqualified_reason, qualification, lead_score from lead_scores "
        "where is_disqualified"
    ) == [("Is looking for a job", "none", None), ("Works for a competitor", "none", None)]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, under the rules that the project has on."""
    folder = tmp_path_factory.mktemp("recipes")
    build(folder, "general", "--exclude-resource-type", "unit_test", "test")
    return folder


@pytest.mark.long
@pytest.mark.parametrize("recipe", [name for name in recipe_names(ROOT) if name != "general"])
def test_another_recipe_scores_the_sample(recipe: str, warehouse: Path) -> None:
    rules = f"path:{rules_folder(ROOT, recipe).as_posix()}+"
    build(warehouse, recipe, "--select", rules, "--exclude-resource-type", "unit_test")
    with duckdb.connect(str(warehouse / "warehouse.duckdb")) as connection:
        bands = connection.execute(
            "select scenario, band, count(*) from decile.lead_scores group by all"
        ).fetchall()
    assert len(bands) >= 3, bands


def build(folder: Path, recipe: str, *arguments: str) -> None:
    settings = {
        "DECILE_TARGET": "duckdb",
        "DECILE_DUCKDB_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder),
    }
    built = subprocess.run(
        [DBT, "--quiet", "build", *arguments, "--vars", json.dumps({"recipe": recipe})],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout


@pytest.mark.parametrize(
    ("recipe", "path", "refused"),
    [
        ("general", "seeds/scoring/event_rules.csv", False),
        ("general", "seeds/recipes/b2b/event_rules.csv", True),
        ("b2b", "seeds/recipes/b2b/event_rules.csv", False),
        ("b2b", "seeds/scoring/event_rules.csv", True),
        ("b2b", "elsewhere/event_rules.csv", False),
    ],
)
def test_a_build_with_other_rules_than_the_recipe_says_is_refused(
    recipe: str,
    path: str,
    refused: bool,  # noqa: FBT001  (a parameter of the test)
) -> None:
    problems: list[str] = []
    environment = Environment(extensions=["jinja2.ext.do"])  # noqa: S701  (a check, not HTML)
    seeds = {"seed": {"name": "event_rules", "original_file_path": path}, "model": {"name": "one"}}
    environment.globals |= {
        "graph": {"nodes": seeds},
        "execute": True,
        "var": lambda _name, _default: recipe,
        "exceptions": {"raise_compiler_error": problems.append},
    }
    text = (ROOT / "macros" / "check_recipe.sql").read_text(encoding="utf-8")
    macros: Any = environment.from_string(text).module
    macros.check_recipe()
    assert bool(problems) == refused
