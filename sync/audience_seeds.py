"""Check the seeds of audiences before anything is built, as audience_problems does then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from sync.policy_rules import POLICY, POLICY_LISTS, read_policies, seed_rows
from sync.recipes import project_vars, rules_folder
from sync.rule_ladders import as_number
from sync.rules import LISTS, cell_problems
from sync.seed_files import Row, RuleProblem

# What each cell must be; macros/audience_cell_kinds.sql says the same.
AUDIENCE_KINDS: Mapping[str, Mapping[str, str]] = {
    "audiences": {
        "audience": "text", "label": "text", "model": "audience model?",
        "scenario": "scenario?", "bands": "band list?", "min_decile": "number from 1 to 10?",
        "max_decile": "number from 1 to 10?", "stages": "stage list?", "interest": "text?",
        "customers": "side?", "active_within_days": "number from 1?",
        "silent_for_days": "number from 1?", "purpose": "purpose?",
        "holdout_share": "share from 0 and below 1?", "holdout_salt": "text?",
        "exclusive_group": "text?", "priority": "number?", "is_active": "true or false",
    },
    "audience_splits": {
        "audience": "audience", "arm": "text", "share": "share above 0 and up to 1",
    },
}  # fmt: skip
# models/audiences/audience_cell_names.sql says the same.
AUDIENCE_LISTS: Mapping[str, tuple[str, ...]] = {
    "side": ("in", "out"),
    "purpose": POLICY_LISTS["purpose"],
    "true or false": LISTS["true or false"],
}


def check_audiences(project_dir: Path, *, recipe: str | None = None) -> list[RuleProblem]:
    """Find the mistakes in the seeds of audiences; those that are not there have none.

    The rules and policies that they go with have to be right.
    """
    rows, problems = read_policies(project_dir, AUDIENCE_KINDS)
    if problems:
        return problems
    audiences = rows.get("audiences", ())
    return [
        *cell_problems(rows, _lists(project_dir, recipe, audiences), AUDIENCE_KINDS),
        *_repeated(audiences, ("audience",)),
        *_empty(audiences),
        *_repeated(rows.get("audience_splits", ()), ("audience", "arm")),
        *_uneven(rows.get("audience_splits", ())),
    ]


def _lists(
    project_dir: Path, recipe: str | None, audiences: Iterable[Row]
) -> dict[str, tuple[str, ...]]:
    """Give the names that a cell of each kind may hold."""
    rules = rules_folder(project_dir, recipe)

    def names(file: Path, column: str) -> tuple[str, ...]:
        rows = seed_rows(project_dir, file) if (project_dir / file).exists() else ()
        return tuple(dict.fromkeys(row.cells[column] for row in rows))

    return {
        **AUDIENCE_LISTS,
        "audience": tuple(row.cells["audience"] for row in audiences),
        "audience model": tuple(project_vars(project_dir).get("audience_models") or ()),
        "scenario": names(rules / "scenarios.csv", "scenario"),
        "band list": (*names(rules / "bands.csv", "band"), "irrelevant"),
        "stage list": names(POLICY / "stages.csv", "stage"),
    }


def _repeated(rows: Iterable[Row], columns: tuple[str, ...]) -> Iterator[RuleProblem]:
    """Tell of names that an earlier row has."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.cells[column] for column in columns)
        if all(key) and seen.setdefault(key, row.number) != row.number:
            yield row.problem(columns[-1], f"is the name of row {seen[key]} already")


def _empty(audiences: Iterable[Row]) -> Iterator[RuleProblem]:
    """Tell of audiences that nobody can be in."""
    for row in audiences:
        least, most = as_number(row.cells["min_decile"]), as_number(row.cells["max_decile"])
        if least is not None and most is not None and least > most:
            yield row.problem("max_decile", "leaves nobody; allowed: from min_decile on")
        within = as_number(row.cells["active_within_days"])
        silent = as_number(row.cells["silent_for_days"])
        if within is not None and silent is not None and silent >= within:
            yield row.problem("silent_for_days", "leaves nobody; allowed: below active_within_days")


def _uneven(splits: Iterable[Row]) -> Iterator[RuleProblem]:
    """Tell, in the last row of an audience, of shares that do not add up to 1."""
    arms: dict[str, list[Row]] = defaultdict(list)
    for row in splits:
        arms[row.cells["audience"]].append(row)
    for rows in arms.values():
        total = sum((as_number(row.cells["share"]) or Decimal(0) for row in rows), Decimal(0))
        if abs(total - 1) > Decimal("0.001"):
            message = f"the shares add up to {total}; allowed: shares that add up to 1"
            yield rows[-1].problem("share", message)
