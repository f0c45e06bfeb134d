"""Check that the bands and grades of each scenario cover every value, and none twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sync.seed_files import Row, RuleProblem

QUALIFICATIONS = ("none", "mql", "sql")
NUMBER = re.compile(r"[-+]?[0-9]{1,9}([.][0-9]{1,6})?")


def as_number(text: str) -> Decimal | None:
    """A text as the warehouse reads it: digits, a sign, a decimal point, and nothing else."""
    return Decimal(text) if NUMBER.fullmatch(text) else None


def ladder_problems(rules: Mapping[str, Sequence[Row]]) -> Iterator[RuleProblem]:
    """Tell of active scenarios whose bands or grades overlap or leave values uncovered."""
    ladders: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rules["bands"]:
        ladders[row.cells["scenario"], "bands"].append(row)
    for row in rules["grades"]:
        ladders[row.cells["scenario"], f"{row.cells['dimension']} grades"].append(row)
    for scenario in rules["scenarios"]:
        if scenario.cells["is_active"] == "true":
            for ladder in ("bands", "fit grades", "engagement grades"):
                yield from ladder_mistakes(
                    scenario, ladder, ladders[scenario.cells["scenario"], ladder]
                )


def ladder_mistakes(scenario: Row, ladder: str, steps: Sequence[Row]) -> Iterator[RuleProblem]:
    """What is wrong with the bands, or with the grades of a dimension, of one scenario."""
    column = "min_value" if ladder == "bands" else "min_points"
    if not steps:
        yield scenario.problem("scenario", f"has no {ladder}")
        return
    lowest = [row for row in steps if not row.cells[column]]
    if not lowest:
        yield steps[0].problem(
            column, f"none of the {ladder} covers the lowest values: leave one empty"
        )
    for row in lowest[1:]:
        yield row.problem(column, "is the second empty one; only the lowest is")
    numbered = [(as_number(row.cells[column]), row) for row in steps]
    ranked = sorted(((n, row) for n, row in numbered if n is not None), key=lambda pair: pair[0])
    for (below, _), (number, row) in zip(ranked, ranked[1:], strict=False):
        if number == below:
            yield row.problem(column, f"{number} is the minimum of another of the {ladder}")
    if ladder == "bands":
        yield from band_mistakes([*lowest, *(row for _, row in ranked)])


def band_mistakes(bands: Sequence[Row]) -> Iterator[RuleProblem]:
    """What is wrong with bands beyond their minimums; they come from the lowest to the highest."""
    worth = QUALIFICATIONS
    for below, row in zip(bands, bands[1:], strict=False):
        if row.cells["measure"] != below.cells["measure"]:
            yield row.problem("measure", "mixes points and score; allowed: one for all bands")
        ranks = [row.cells["qualification"], below.cells["qualification"]]
        if set(ranks) <= set(worth) and worth.index(ranks[0]) < worth.index(ranks[1]):
            yield row.problem(
                "qualification", "is lower than that of the band below; allowed: rising"
            )
