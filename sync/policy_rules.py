"""Check the policy seeds with conditions before anything is built, as policy_problems does then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sync.computed_fields import computed_types
from sync.recipes import SCORING, rules_folder
from sync.rules import (
    EVENT_PROPERTIES,
    LISTS,
    cell_problems,
    comparison_problems,
    header_problems,
    is_number,
    read_sql_fields,
)
from sync.seed_files import Row, RuleProblem, read_seed

POLICY = Path("seeds/policy")
# What each cell must be; macros/policy_cell_kinds.sql says the same.
POLICY_KINDS: Mapping[str, Mapping[str, str]] = {
    "stages": {"stage": "text", "place": "number", "label": "text"},
    "lifecycle_rules": {
        "stage": "stage", "rule": "text", "label": "text?", "scenario": "scenario?",
        "field": "condition field?", "operator": "operator?", "value": "text?",
        "is_active": "true or false",
    },
    "interest_rules": {
        "rule": "text", "kind": "interest kind", "interest": "text?", "event_name": "activity?",
        "property": "event property?", "operator": "operator?", "value": "text?",
        "weight": "number above 0", "half_life_days": "number above 0?",
        "is_active": "true or false",
    },
    "alert_rules": {
        "alert": "text", "label": "text?", "opening": "text?", "scenario": "scenario?",
        "field": "condition field", "operator": "operator", "value": "text?",
        "cooldown_days": "whole number from 1?", "is_active": "true or false",
    },
    "alert_routes": {
        "place": "number", "channel": "alert channel", "alert": "text?", "owner_email": "text?",
        "country_code": "text?", "region": "text?", "destination": "text?", "owner": "text?",
        "is_active": "true or false",
    },
    "offer_rules": {
        "offer": "text", "label": "text", "scenario": "scenario?",
        "min_score": "whole number from 1", "max_score": "whole number from 1",
        "discount": "text", "valid_hours": "whole number from 1",
        "cooldown_days": "number from 0", "prefix": "text?", "purpose": "purpose?",
        "is_active": "true or false",
    },
}  # fmt: skip
# Columns of lead_scores that a condition may name; macros/condition_fields.sql says the same.
SCORES: Mapping[str, tuple[str, ...]] = {
    "number": ("fit_points", "engagement_points", "points", "fit_score", "engagement_score",
               "lead_score", "fit_decile", "engagement_decile", "decile"),
    "text": ("band", "grade", "qualification", "disqualified_reason"),
    "boolean": ("is_disqualified",),
}  # fmt: skip
POLICY_LISTS: Mapping[str, tuple[str, ...]] = {
    "interest kind": ("content", "product"),
    "alert channel": ("slack", "webhook", "crm_task"),
    "purpose": ("email_marketing", "sms", "web_push", "ad_targeting", "profiling"),
}
COMPARED = {"lifecycle_rules": "field", "alert_rules": "field"}


def check_policies(project_dir: Path, *, recipe: str | None = None) -> list[RuleProblem]:
    """Find the mistakes in the cells of policy seeds; those that are not there have none.

    The rules that they go with have to be right.
    """
    rows, problems = read_policies(project_dir, POLICY_KINDS)
    if problems:
        return problems
    types = _types(project_dir, recipe)
    numbers = {name for name, kind in types.items() if is_number(kind)} | {*SCORES["number"]}
    lists = _lists(project_dir, recipe, rows, types)
    compared = {name: column for name, column in COMPARED.items() if name in rows}
    conditions = {name: [row for row in rows[name] if _compares(row)] for name in compared}
    return [
        *cell_problems(rows, lists, POLICY_KINDS),
        *comparison_problems(conditions, numbers, compared),
        *_sources_of_interests(rows.get("interest_rules", ())),
    ]


def read_policies(
    project_dir: Path, kinds: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, tuple[Row, ...]], list[RuleProblem]]:
    """Read the policy seeds that are there, and tell of broken rows and headers."""
    seeds = {
        name: read_seed(project_dir / file, file.as_posix())
        for name in kinds
        if (project_dir / (file := POLICY / f"{name}.csv")).exists()
    }
    problems = [problem for seed in seeds.values() for problem in seed.problems]
    for name, seed in seeds.items():
        problems += header_problems(seed.file, seed, kinds[name])
    return {name: seed.rows for name, seed in seeds.items()}, problems


def _compares(row: Row) -> bool:
    """Tell a condition from a rule that always holds."""
    return any(row.cells[column] for column in ("field", "operator", "value"))


def _types(project_dir: Path, recipe: str | None) -> dict[str, str]:
    computed = seed_rows(project_dir, rules_folder(project_dir, recipe) / "computed_fields.csv")
    return computed_types(computed, EVENT_PROPERTIES["number"]) | read_sql_fields(project_dir)


def seed_rows(project_dir: Path, file: Path) -> tuple[Row, ...]:
    """Give the rows of a seed that is right."""
    return read_seed(project_dir / file, file.as_posix()).rows


def _lists(
    project_dir: Path,
    recipe: str | None,
    rows: Mapping[str, tuple[Row, ...]],
    types: Mapping[str, str],
) -> dict[str, tuple[str, ...]]:
    """Give the names that a cell of each kind may hold."""
    catalog = seed_rows(project_dir, SCORING / "event_catalog.csv")
    scenarios = seed_rows(project_dir, rules_folder(project_dir, recipe) / "scenarios.csv")
    happened = [row for row in catalog if row.cells["is_activity"] == "true"]
    return {
        **LISTS,
        **POLICY_LISTS,
        "event property": EVENT_PROPERTIES["text"] + EVENT_PROPERTIES["number"],
        "activity": tuple(row.cells["event_name"] for row in happened),
        "scenario": tuple(row.cells["scenario"] for row in scenarios),
        "stage": tuple(row.cells["stage"] for row in rows.get("stages", ())),
        "condition field": (*types, *(name for names in SCORES.values() for name in names)),
    }


def _sources_of_interests(rows: tuple[Row, ...]) -> Iterator[RuleProblem]:
    texts = EVENT_PROPERTIES["text"]
    for row in rows:
        if not row.cells["interest"] and row.cells["property"] not in texts:
            allowed = f"a text, or one of {', '.join(texts)} as property"
            message = f"is empty, and so is a property of texts to take it from; allowed: {allowed}"
            yield row.problem("interest", message)
