"""Check the rule seeds before anything is built: the mistakes that rule_problems finds, and
those that would break a loader, each with its file and row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import yaml

from sync.computed_fields import FUNCTIONS, computed_field_problems, computed_types, is_field_name
from sync.recipes import SCORING, rules_folder
from sync.rule_effects import effect_problems, read_values
from sync.rule_ladders import QUALIFICATIONS, as_number, ladder_problems
from sync.seed_files import Row, RuleProblem, Seed, read_seed

# What each cell must be; a `?` lets it be empty. macros/rule_cell_kinds.sql says the same.
KINDS: Mapping[str, Mapping[str, str]] = {
    "event_rules": {
        "rule": "text", "scorecard": "scorecard", "label": "text",
        "event_name": "event", "property": "event property?",
        "operator": "operator?", "value": "text?", "points": "number",
        "within_days": "whole number from 1?", "half_life_days": "number above 0?",
        "min_times": "whole number from 1?", "max_per_day": "whole number from 1?",
        "max_points": "number above 0?", "first_time_points": "number?",
        "rule_group": "text?", "is_active": "true or false",
    },
    "field_rules": {
        "rule": "text", "scorecard": "scorecard", "label": "text", "field": "field",
        "operator": "operator", "value": "text?", "points": "number",
        "rule_group": "text?", "is_disqualifier": "true or false",
        "is_active": "true or false",
    },
    "scorecards": {
        "scorecard": "text", "scenario": "scenario", "dimension": "dimension",
        "label": "text", "min_points": "number?", "max_points": "number?",
    },
    "computed_fields": {
        "field": "field name", "function": "function",
        "measured": "event property?", "event_name": "event",
        "property": "event property?", "operator": "operator?", "value": "text?",
        "within_days": "whole number from 1?",
    },
    "rule_groups": {
        "rule_group": "text", "scorecard": "scorecard", "label": "text",
        "min_points": "number up to 0?", "max_points": "number from 0?",
    },
    "scenarios": {
        "scenario": "text", "label": "text", "fit_weight": "number from 0",
        "engagement_weight": "number from 0", "scale": "scale?",
        "is_active": "true or false",
    },
    "bands": {
        "scenario": "scenario", "measure": "measure", "band": "text",
        "min_value": "number?", "label": "text", "qualification": "qualification",
    },
    "grades": {
        "scenario": "scenario", "dimension": "dimension", "grade": "text",
        "min_points": "number?",
    },
}  # fmt: skip
KEYS = {
    "event_rules": ("rule",),
    "field_rules": ("rule",),
    "scorecards": ("scorecard",),
    "computed_fields": ("field",),
    "rule_groups": ("scorecard", "rule_group"),
    "scenarios": ("scenario",),
    "bands": ("scenario", "band"),
    "grades": ("scenario", "dimension", "grade"),
}
LISTS: Mapping[str, tuple[str, ...]] = {
    "operator": ("=", "!=", ">", ">=", "<", "<=", "between", "in", "not_in", "contains",
                 "starts_with", "is_true", "is_null"),
    "function": tuple(FUNCTIONS),
    "dimension": ("fit", "engagement"),
    "measure": ("points", "score"),
    "scale": ("percentile", "points"),
    "qualification": QUALIFICATIONS,
    "true or false": ("true", "false"),
}  # fmt: skip
# The columns of contact_events that a rule may compare. macros/event_properties.sql agrees.
EVENT_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "text": ("source", "page_path", "link_url", "content_name", "campaign", "product_id",
             "product_category", "currency", "discount_code"),
    "number": ("unit_price", "quantity", "amount", "duration_seconds"),
}  # fmt: skip
# What may happen is the same for all recipes.
SHARED = ("event_catalog",)
FIELDS = Path("models/scoring/contact_fields.yml")


def check_rules(
    project_dir: Path,
    *,
    fields: Mapping[str, str] | None = None,
    instead: Path | None = None,
    recipe: str | None = None,
) -> list[RuleProblem]:
    """Find every mistake in the rule seeds, and every broken row of any seed.

    `fields` gives the fields that SQL makes and their types; without it, they are read from the
    YAML of contact_fields. `instead` is a folder whose CSVs take the place of the seeds of their
    names; `recipe` is a set of rules other than the one that is on.
    """
    folder = rules_folder(project_dir, recipe)
    paths = sorted((project_dir / "seeds").rglob("*.csv"))
    seeds = [read_seed(path, path.relative_to(project_dir).as_posix()) for path in paths]
    scoring = {Path(seed.file).stem: seed for seed in seeds if is_in(folder, seed)}
    for path in sorted(instead.glob("*.csv")) if instead else ():
        scoring[path.stem] = read_seed(path, path.as_posix())
    others = [seed for seed in seeds if not is_in(folder, seed)]
    problems = [problem for seed in (*scoring.values(), *others) for problem in seed.problems]

    for name, kinds in KINDS.items():
        file = (SCORING if name in SHARED else folder) / f"{name}.csv"
        problems += header_problems(file.as_posix(), scoring.get(name), kinds)
    if problems:
        return problems

    rules = {name: scoring[name].rows for name in KINDS}
    known = dict(read_sql_fields(project_dir) if fields is None else fields)
    computed = list(computed_field_problems(rules["computed_fields"], known, EVENT_PROPERTIES))
    known = computed_types(rules["computed_fields"], EVENT_PROPERTIES["number"]) | known
    lists = allowed_lists(rules, scoring.get("event_catalog"), known)
    numbers = {*EVENT_PROPERTIES["number"], *(n for n, kind in known.items() if is_number(kind))}
    return [
        *cell_problems(rules, lists),
        *comparison_problems(rules, numbers),
        *key_problems(rules),
        *group_problems(rules),
        *computed,
        *ladder_problems(rules),
        *effect_problems(rules, read_values(project_dir / FIELDS) if fields is None else {}),
    ]


def is_in(folder: Path, seed: Seed) -> bool:
    """Whether a seed lies in a folder itself, or is one that all folders share."""
    path = Path(seed.file)
    return path.parent == (SCORING if path.stem in SHARED else folder)


def header_problems(
    file: str, seed: Seed | None, kinds: Mapping[str, str]
) -> Iterator[RuleProblem]:
    """Tell of columns that a rule seed lacks or has too many."""
    if seed is None:
        yield RuleProblem(file, 1, "(file)", "is missing")
    elif seed.header:
        for column in kinds.keys() - set(seed.header):
            yield RuleProblem(file, 1, column, "is not in the header")
        for column in sorted(set(seed.header) - kinds.keys()):
            yield RuleProblem(file, 1, column, f"is unknown; allowed: {', '.join(kinds)}")


def read_sql_fields(project_dir: Path) -> dict[str, str]:
    """The fields that SQL makes and their types, as the YAML of contact_fields describes them."""
    (model,) = yaml.safe_load((project_dir / FIELDS).read_text())["models"]
    columns = {column["name"]: str(column.get("data_type", "")) for column in model["columns"]}
    return {name: kind for name, kind in columns.items() if name not in ("contact_id", "as_of")}


def is_number(data_type: str) -> bool:
    """Whether a column of this type is compared as a number."""
    return data_type.startswith(("integer", "numeric"))


def allowed_lists(
    rules: Mapping[str, Iterable[Row]], catalog: Seed | None, fields: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The names that a cell of each kind may hold."""
    return {
        **LISTS,
        "event property": EVENT_PROPERTIES["text"] + EVENT_PROPERTIES["number"],
        "event": tuple(row.cells["event_name"] for row in catalog.rows) if catalog else (),
        "field": tuple(fields),
        "scorecard": tuple(row.cells["scorecard"] for row in rules["scorecards"]),
        "scenario": tuple(row.cells["scenario"] for row in rules["scenarios"]),
    }


RANGES: Mapping[str, Callable[[Decimal], bool]] = {
    "number": lambda number: True,
    "number from 0": lambda number: number >= 0,
    "number up to 0": lambda number: number <= 0,
    "number above 0": lambda number: number > 0,
    "whole number from 1": lambda number: number >= 1 and number == int(number),
    "number from 1": lambda number: number >= 1,
    "number from 1 to 10": lambda number: 1 <= number <= 10,
    "share from 0 and below 1": lambda number: 0 <= number < 1,
    "share above 0 and up to 1": lambda number: 0 < number <= 1,
}


def cell_problems(
    rules: Mapping[str, Iterable[Row]],
    lists: Mapping[str, tuple[str, ...]],
    kinds: Mapping[str, Mapping[str, str]] = KINDS,
) -> Iterator[RuleProblem]:
    """Tell of cells that are empty, no number of their kind, or an unknown name.

    A kind that ends on `list` is names with | between them.
    """
    for name, rows in rules.items():
        for row in rows:
            for column, kind in kinds[name].items():
                cell, needed = row.cells[column], kind.removesuffix("?")
                known = lists.get(needed)
                allowed = f"one of {', '.join(known)}" if known else f"a {needed}"
                if not cell and needed == kind:
                    yield row.problem(column, f"is empty; allowed: {allowed}")
                pieces = cell.split("|") if needed.endswith(" list") else [cell]
                for piece in pieces if cell else ():
                    if not is_allowed(piece, needed, lists):
                        yield row.problem(column, f'"{piece}" is not allowed; allowed: {allowed}')


def is_allowed(cell: str, kind: str, lists: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a cell that is not empty is of its kind."""
    if kind == "text":
        return True
    if kind == "field name":
        return is_field_name(cell)
    if kind in lists:
        return cell in lists[kind]
    number = as_number(cell)
    return number is not None and RANGES[kind](number)


COMPARED = {"event_rules": "property", "field_rules": "field", "computed_fields": "property"}


def comparison_problems(
    rules: Mapping[str, Iterable[Row]],
    numbers: set[str],
    columns: Mapping[str, str] = COMPARED,
) -> Iterator[RuleProblem]:
    """Tell of operators that do not go with their column or their value."""
    for name, column in columns.items():
        for row in rules[name]:
            compared, operator, value = (row.cells[c] for c in (column, "operator", "value"))
            mistake = comparison_mistake(compared, operator, value, compared in numbers)  # noqa: FBT003
            if mistake:
                yield row.problem("value" if compared and operator else column, mistake)


def comparison_mistake(compared: str, operator: str, value: str, is_number: bool) -> str | None:  # noqa: FBT001
    """What is wrong with a comparison, if anything is."""
    if bool(compared) != bool(operator):
        return "has a column to compare or an operator, and lacks the other"
    if not operator:
        return None
    if operator in ("is_true", "is_null"):
        if value:
            return f"compares with a value, but {operator} takes none"
    elif not value:
        return f"{operator} has no value to compare with"
    if operator == "between":
        low, _, high = value.partition("|")
        ends = as_number(low), as_number(high)
        if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            return "between needs two numbers, the lower one first: low|high"
    if operator in (">", ">=", "<", "<=", "between") and not is_number:
        return f"{operator} needs a column of numbers"
    if operator in ("in", "not_in", "contains", "starts_with", "is_true") and is_number:
        return f"{operator} needs a column of texts"
    if operator in ("=", "!=", ">", ">=", "<", "<=") and is_number and as_number(value) is None:
        return f"{operator} needs a number"
    return None


def key_problems(rules: Mapping[str, Iterable[Row]]) -> Iterator[RuleProblem]:
    """Tell of names that an earlier row has; rules share theirs over both seeds."""
    seen: dict[tuple[str, ...], Row] = {}
    for name, rows in rules.items():
        shared_by = "rules" if name.endswith("_rules") else name
        for row in rows:
            key = (shared_by, *(row.cells[column] for column in KEYS[name]))
            if key in seen:
                first = seen[key]
                message = f"is the name of {first.file}, row {first.number} already"
                yield row.problem(KEYS[name][-1], message)
            seen.setdefault(key, row)


def group_problems(rules: Mapping[str, Iterable[Row]]) -> Iterator[RuleProblem]:
    """Tell of rules whose scorecard has no group of that name."""
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rules["rule_groups"]:
        groups[row.cells["scorecard"]].append(row.cells["rule_group"])
    for name in ("event_rules", "field_rules"):
        for row in rules[name]:
            group, scorecard = row.cells["rule_group"], row.cells["scorecard"]
            if group and group not in groups[scorecard]:
                allowed = ", ".join(groups[scorecard]) or "none; it has no row in rule_groups"
                message = f'"{group}" is no group of {scorecard}; allowed: {allowed}'
                yield row.problem("rule_group", message)
