"""What is no mistake in a rule and yet makes it useless: it never hits, or it hits everybody.

Only the data say so: rule_performance, and what the events carry. A rule that was changed since
the last build is not judged by what it was before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sync.recipes import rules_folder
from sync.rule_effects import half_life_warnings
from sync.rules import EVENT_PROPERTIES
from sync.seed_files import Row, RuleProblem, read_seed
from sync.session import Session

Carried = Mapping[str, Mapping[str, int]]
SEEDS = ("event_rules", "field_rules")
OFF = "or set is_active to false"


def file_warnings(project_dir: Path, recipe: str | None = None) -> Iterator[RuleProblem]:
    """Tell what the files alone make doubtful."""
    return half_life_warnings(_rules(project_dir, recipe))


def warehouse_warnings(session: Session, project_dir: Path) -> Iterator[RuleProblem]:
    """Tell of rules that hit nobody at any date, or everybody today."""
    hits, carried = _hits(session), _carried(session)
    for seed, rows in _rules(project_dir).items():
        built = {
            row["rule"]: row
            for row in session.warehouse.rows(f"select * from {session.table(seed)}")  # noqa: S608  (names of our own tables)
        }
        for row in rows:
            hit = hits.get(row.cells["rule"])
            same = {name: cell or None for name, cell in row.cells.items()}
            if hit is not None and same == built.get(row.cells["rule"]):
                yield from _judged(row, hit, carried)


def _rules(project_dir: Path, recipe: str | None = None) -> dict[str, tuple[Row, ...]]:
    folder = rules_folder(project_dir, recipe)
    files = {seed: folder / f"{seed}.csv" for seed in SEEDS}
    return {
        seed: read_seed(project_dir / file, file.as_posix()).rows for seed, file in files.items()
    }


def _judged(row: Row, hit: Mapping[str, Any], carried: Carried) -> Iterator[RuleProblem]:
    contacts, dates = hit["contacts"], hit["dates"]
    if hit["hit_ever"] == 0:
        yield _why_never(row, carried) or row.problem(
            "value",
            f"hits no contact on any of {dates} dates; look at its value and its limits, {OFF}",
        )
    elif hit["hit_now"] == contacts:
        yield row.problem(
            "value", f"hits all {contacts:,} contacts, so it ranks nobody; narrow it, {OFF}"
        )


def _why_never(row: Row, carried: Carried) -> RuleProblem | None:
    """Say what the events lack that the rule counts, if they lack it."""
    event, compared = row.cells.get("event_name"), row.cells.get("property")
    if event is None:
        return None
    if event not in carried:
        return row.problem(
            "event_name", f"no {event} has ever come; switch a source on that has it, {OFF}"
        )
    if compared and not carried[event][compared]:
        return row.problem(
            "property",
            f"none of {carried[event]['events']:,} {event} carries a {compared}; compare "
            f"something else, {OFF}",
        )
    return None


def _hits(session: Session) -> dict[str, Mapping[str, Any]]:
    rows = session.warehouse.rows(
        f"""
        select
            rule,
            max(contacts_hit) as hit_ever,
            count(distinct as_of) as dates,
            max(case when as_of = latest then contacts_hit end) as hit_now,
            max(case when as_of = latest then contacts end) as contacts
        from (
            select *, max(as_of) over () as latest from {session.table("rule_performance")}
        ) as dated
        group by rule
        """  # noqa: S608  (names of our own tables)
    )
    return {row["rule"]: row for row in rows}


def _carried(session: Session) -> Carried:
    """Count for each event how many there are, and how many carry each property."""
    properties = [name for names in EVENT_PROPERTIES.values() for name in names]
    counts = ", ".join(f"count({name}) as {name}" for name in properties)
    rows = session.warehouse.rows(
        f"select event_name, count(*) as events, {counts} "  # noqa: S608  (names of our own tables)
        f"from {session.table('scored_events')} group by event_name"
    )
    return {row["event_name"]: row for row in rows}
