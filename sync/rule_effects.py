"""Find rules that are well-formed and cannot do what they are for, from the files alone.

What the models effect_problems and repeat_problems find in a build, and beside it what only
the descriptions of the fields tell: the values that a field has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from sync.rule_ladders import as_number
from sync.seed_files import Row, RuleProblem

Rules = Mapping[str, Sequence[Row]]
BOOLEAN = ("true", "false")
# What makes two rules count the same; points, caps and names do not.
CONDITIONS = {
    "event_rules": ("scorecard", "event_name", "property", "operator", "value", "within_days",
                    "half_life_days", "min_times", "max_per_day"),
    "field_rules": ("scorecard", "field", "operator", "value", "is_disqualifier"),
}  # fmt: skip
# A label starts a reason, which is written into a CRM: no formula, no markup, no separator.
PLAIN = re.compile(r"[^-=+@;<>\t\r\n][^;<>\t\r\n]{0,99}")
LEAST_LOSS = 0.01  # of its points, that an event should lose before it leaves the window


def read_values(yaml_file: Path) -> dict[str, tuple[str, ...]]:
    """The fields that have a list of values, as the tests of their YAML say, or true and false."""
    (model,) = yaml.safe_load(yaml_file.read_text(encoding="utf-8"))["models"]
    found: dict[str, tuple[str, ...]] = {}
    for column in model["columns"]:
        if column.get("data_type") == "boolean":
            found[column["name"]] = BOOLEAN
        for test in column.get("data_tests", []):
            if isinstance(test, dict) and "accepted_values" in test:
                values = test["accepted_values"]["arguments"]["values"]
                found[column["name"]] = tuple(str(value) for value in values)
    return found


def effect_problems(rules: Rules, values: Mapping[str, Sequence[str]]) -> Iterator[RuleProblem]:
    """Tell of active rules without any effect, and of bounds that contradict each other."""
    for row in _active(rules["event_rules"]):
        yield from _idle_event_rule(row)
    for row in _active(rules["field_rules"]):
        if as_number(row.cells["points"]) == 0 and row.cells["is_disqualifier"] == "false":
            yield row.problem("points", "gives no points and disqualifies nobody")
        if message := _never(row.cells, values.get(row.cells["field"])):
            yield row.problem("value", message)
    for row in rules["scorecards"]:
        low, high = as_number(row.cells["min_points"]), as_number(row.cells["max_points"])
        if low is not None and high is not None and low > high:
            yield row.problem("min_points", f"{low} is above max_points, {high}")
    yield from _repeats(rules)
    for rows in rules.values():
        for row in rows:
            if (label := row.cells.get("label")) and not PLAIN.fullmatch(label):
                yield row.problem(
                    "label",
                    "is no plain text; allowed: at most 100 characters on one line, without ; < >, "
                    "not starting with = + - @",
                )


def half_life_warnings(rules: Rules) -> Iterator[RuleProblem]:
    """Tell of half-lives so long that an event leaves the window before it loses anything."""
    for row in _active(rules["event_rules"]):
        window, half_life = (_number(row, name) for name in ("within_days", "half_life_days"))
        if window is not None and half_life:
            loss = 1 - 0.5 ** float(window / half_life)
            if loss < LEAST_LOSS:
                yield row.problem(
                    "half_life_days",
                    f"has no effect: an event has lost {loss:.1%} of its points when it leaves "
                    f"the window of {window:f} days; shorten it, or leave it empty",
                )


def _active(rows: Sequence[Row]) -> Iterator[Row]:
    yield from (row for row in rows if row.cells["is_active"] == "true")


def _number(row: Row, column: str) -> Decimal | None:
    return as_number(row.cells.get(column, ""))


def _idle_event_rule(row: Row) -> Iterator[RuleProblem]:
    if _number(row, "points") == 0 and not _number(row, "first_time_points"):
        yield row.problem("points", "gives no points")
    names = ("min_times", "max_per_day", "within_days")
    least, per_day, window = (_number(row, name) for name in names)
    if least is not None and per_day is not None and window is not None:
        # A window of three days touches four days of the calendar.
        most = per_day * (window + 1)
        if least > most:
            yield row.problem(
                "min_times",
                f"can never hold: max_per_day lets {most:f} events count in {window:f} days "
                f"at most, and {least:f} are asked for",
            )


def _never(cells: Mapping[str, str], values: Sequence[str] | None) -> str | None:
    """Say so where a field is compared with a value that it never has."""
    operator, compared = cells["operator"], cells["value"].lower()
    if values is None or operator in ("is_true", "is_null") or not compared:
        return None
    known = [value.lower() for value in values]
    if tuple(known) == BOOLEAN and operator not in ("=", "!="):
        return f"{operator} needs a text; {cells['field']} is true or false: use is_true"
    if operator in ("contains", "starts_with"):
        found = [each for each in known if _holds(operator, each, compared)]
        strange = [] if found else [compared]
    else:
        parts = compared.split("|") if operator in ("in", "not_in") else [compared]
        strange = [part for part in parts if part not in known]
    if not strange:
        return None
    return f'{cells["field"]} is never "{strange[0]}"; allowed: {", ".join(values)}'


def _holds(operator: str, text: str, compared: str) -> bool:
    return compared in text if operator == "contains" else text.startswith(compared)


def _repeats(rules: Rules) -> Iterator[RuleProblem]:
    seen: dict[tuple[Any, ...], Row] = {}
    for seed, columns in CONDITIONS.items():
        for row in _active(rules[seed]):
            condition = (seed, *(row.cells[column].lower() for column in columns))
            first = seen.setdefault(condition, row)
            if first is not row and first.cells["rule"] != row.cells["rule"]:
                message = f"has the condition of {first.cells['rule']}, row {first.number}"
                yield row.problem("rule", f"{message}, which counts it already in this scorecard")
