"""The seed computed_fields: fields without SQL, what they are and what may be wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sync.seed_files import Row, RuleProblem

# The type of each function's column; that of last_value is its property's.
FUNCTIONS = {
    "count": "integer",
    "sum": "numeric(18,2)",
    "days_since": "integer",
    "distinct_days": "integer",
    "last_value": "string",
}
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")  # macros/field_name_pattern.sql says the same
KEY = ("contact_id", "as_of")


def is_field_name(text: str) -> bool:
    """Whether a column may be called that on every engine."""
    return bool(NAME.fullmatch(text))


def computed_types(rows: Iterable[Row], numbers: Collection[str]) -> dict[str, str]:
    """The names of the fields and the types of their columns."""
    types = {}
    for row in rows:
        function, measured = row.cells["function"], row.cells["measured"]
        is_number = function == "last_value" and measured in numbers
        types[row.cells["field"]] = "numeric(18,2)" if is_number else FUNCTIONS.get(function, "")
    return types


def computed_field_problems(
    rows: Iterable[Row], sql_fields: Iterable[str], properties: Mapping[str, Sequence[str]]
) -> Iterator[RuleProblem]:
    """Tell of names that are taken, and of functions without the property that they need."""
    taken = {*KEY, *sql_fields, *properties["text"], *properties["number"]}
    for row in rows:
        if row.cells["field"] in taken:
            yield row.problem("field", "is a column already; allowed: a name of its own")
        function, measured = row.cells["function"], row.cells["measured"]
        if function == "sum" and measured not in properties["number"]:
            allowed = ", ".join(properties["number"])
            yield row.problem("measured", f"sum needs a number to add up; allowed: {allowed}")
        elif function == "last_value" and not measured:
            yield row.problem("measured", "last_value needs a property to tell")
        elif function not in ("sum", "last_value") and measured:
            yield row.problem("measured", f"{function} takes no property; allowed: an empty cell")
