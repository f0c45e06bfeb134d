"""Draw the 1-100 scale anew, and count what that does to the scores.

Only score_scale and what reads it is built again, as of the last build: points and ranks stay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sync.dbt_build import build_quietly
from sync.errors import ConfigError, WarehouseError
from sync.session import Session, open_session
from sync.warehouse import parse_project

# By scenario and points: how many contacts have them, and the score that they give.
Levels = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True)
class Scale:
    """The scale of a scenario that is in use."""

    scenario: str
    base_number: int
    based_at: datetime
    cause: str | None


@dataclass(frozen=True)
class Moved:
    """What a new scale did to the scores of a scenario; `by` is a change and its contacts."""

    scenario: str
    base_number: int
    contacts: int
    by: Mapping[int, int]

    @property
    def changed(self) -> int:
        """Contacts with another score than before."""
        return sum(self.by.values())


def rebase(
    scenario: str | None, *, target: str | None, tell: Callable[[Sequence[Scale], datetime], None]
) -> list[Moved]:
    """Draw the scale of one scenario, or of all, from the contacts of the last build.

    `tell` is given the scales that end and the date, before anything is done. Raises ConfigError
    where there is nothing to draw, and WarehouseError where the warehouse is ahead of its scores.
    """
    manifest = parse_project(target)
    with open_session(target) as session:
        as_of = _built_at(session)
        scales = [scale for scale in _scales(session) if scenario in (None, scale.scenario)]
        if not scales:
            raise ConfigError(_why_nothing(session, scenario))
        before = _levels(session)
    tell(scales, as_of)
    build_quietly(
        manifest,
        ["--select", "score_scale+", "--exclude-resource-type", "unit_test"],
        variables={
            "as_of": f"{as_of:%Y-%m-%d %H:%M:%S.%f}",
            "rebase_score_scale": True if scenario is None else scenario,
        },
        target=target,
        otherwise="the scale, or what reads it, was not built. Mend it with: dbt build",
    )
    with open_session(target) as session:
        numbers = {scale.scenario: scale.base_number for scale in _scales(session)}
        after = _levels(session)
    return [
        moved(before, after, scenario=scale.scenario, base_number=numbers[scale.scenario])
        for scale in scales
    ]


def moved(before: Levels, after: Levels, *, scenario: str, base_number: int) -> Moved:
    """Compare the scores that the same points give; the points themselves have not moved."""
    by: Counter[int] = Counter()
    contacts = 0
    for (of, points), (holders, score) in after.items():
        if of == scenario:
            contacts += holders
            by[score - before.get((of, points), (0, score))[1]] += holders
    return Moved(scenario, base_number, contacts, {by_: n for by_, n in by.items() if by_})


def _built_at(session: Session) -> datetime:
    """Give the date of the scores. Raises where there are none, or where memory is ahead."""
    (built,) = session.warehouse.rows(
        f"select max(scored_at) as as_of from {session.table('lead_scores')}"  # noqa: S608  (names of our own tables)
    )
    if built["as_of"] is None:
        raise ConfigError("nobody has a score yet. Build with: dbt build")
    as_of: datetime = built["as_of"]
    for table, column in (("score_scale", "based_at"), ("score_history", "changed_at")):
        (memory,) = session.warehouse.rows(
            f"select max({column}) as latest from {session.table(table)}"  # noqa: S608  (names of our own tables)
        )
        if memory["latest"] is not None and memory["latest"] > as_of:
            raise WarehouseError(
                f"{table} already remembers {memory['latest']}, later than the scores, which are "
                f"as of {as_of}; nothing was changed. Build today's scores first: dbt build"
            )
    return as_of


def _scales(session: Session) -> Iterator[Scale]:
    """Give the scales in use of the scenarios that have one and are active."""
    rows = session.warehouse.rows(
        f"""
        select scale.scenario, scale.base_number, scale.based_at, scale.cause
        from {session.table("score_scale")} as scale
        inner join {session.table("scenarios")} as scenarios
            on scale.scenario = scenarios.scenario
        where
            scale.measure = 'total'
            and scenarios.is_active = 'true'
            and coalesce(scenarios.scale, 'percentile') = 'percentile'
        group by 1, 2, 3, 4
        order by 1, 2
        """  # noqa: S608  (names of our own tables)
    )
    latest = {row["scenario"]: Scale(**row) for row in rows}
    yield from latest.values()


def _why_nothing(session: Session, scenario: str | None) -> str:
    rows = session.warehouse.rows(f"select * from {session.table('scenarios')} order by 1")  # noqa: S608  (names of our own tables)
    known = {row["scenario"]: row for row in rows}
    if scenario is not None and scenario not in known:
        return f"there is no scenario {scenario!r}; known are: {', '.join(known)}"
    for row in known.values() if scenario is None else [known[scenario]]:
        if row["is_active"] == "true" and row["scale"] != "points":
            return f"the scenario {row['scenario']!r} has no scale yet: nobody has points in it"
    return (
        "there is no scale to draw: the scenario is not active, or its score is its points "
        "(scale in seeds/scoring/scenarios.csv)"
    )


def _levels(session: Session) -> Levels:
    rows = session.warehouse.rows(
        f"""
        select levels.scenario, levels.points, levels.contacts, levels.score
        from {session.table("score_levels")} as levels
        where
            levels.measure = 'total'
            and levels.as_of = (
                select max(scored_at) as as_of from {session.table("lead_scores")}
            )
        """  # noqa: S608  (names of our own tables)
    )
    return {(row["scenario"], str(row["points"])): (row["contacts"], row["score"]) for row in rows}
