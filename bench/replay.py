"""Replay the sample day by day: what the lifecycle, audiences, alerts and offers would have said.

Everything is built once into a file of its own, as of the first day; each step then moves as_of
and builds anew only what depends on it. Most of such a day is dbt's own time: it writes the
statements on the second day, and again every 25 days, when they must be the same but for the
moment; the days between run them as they are. Told is a row for each week, and whatever must
never be: an alert twice, an audience entered twice or left twice, an open offer beside another,
somebody in an ad audience without consent, a stage with a gap or an overlap.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from bench.replay_checks import CHECKS, DAILY, HISTORIES, REMEMBERED, Check
from sync.dbt_build import build_quietly
from sync.warehouse import parse_project

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

ROOT = Path(__file__).parents[1]
FIRST_DAY = datetime(2025, 9, 1)  # noqa: DTZ001  (UTC throughout, as in the warehouse)
WEEK = timedelta(days=7)
MOMENT = "%Y-%m-%d %H:%M:%S"
# What is replayed, where the project has it, with all that it needs.
MOVING = "moved_by_as_of"
# Now and then a build breaks off before these, and a day is built twice.
BROKEN_OFF = ("audience_entries", "alerts", "offers")
STUMBLES_EVERY = 25
REPLAYED = (
    "stage_transitions", "lifecycle_stages", "contact_interests", "contact_permissions",
    "audience_members", "alerts", "offers", "offer_states",
)  # fmt: skip
# Who is who is settled once, and so is whether the rules are right.
SETTLED = ("staging", "identity")
CHECKING = ("_problems", "_cells", "_values", "_cell_names")
STAGES = """
    select stages.stage, count(lifecycle_stages.contact_id)
    from stages
    left join lifecycle_stages on stages.stage = lifecycle_stages.stage
    group by stages.stage, stages.place
    order by try_cast(stages.place as double)
"""
# What a week shows beside them: its name, the models it reads, and the count.
WEEKLY = (
    ("moved", ("stage_transitions",), """
        select count(*) from stage_transitions
        where entered_at > $since and entered_at <= $now and previous_stage is not null"""),
    ("joined", ("audience_entries",), """
        select count(*) from audience_entries
        where event = 'entered' and happened_at > $since and happened_at <= $now"""),
    ("left", ("audience_entries",), """
        select count(*) from audience_entries
        where event = 'left' and happened_at > $since and happened_at <= $now"""),
    ("alerts", ("alerts",), """
        select count(distinct (alert, contact_id, fired_at)) from alerts
        where fired_at > $since and fired_at <= $now"""),
    ("offers", ("offers",), """
        select count(*) from offers where issued_at > $since and issued_at <= $now"""),
)  # fmt: skip
# Nothing of before today: a replay is made of todays.
VARIABLES = {"backtest_cutoffs": 0}


@dataclass
class Replay:
    """The sample in a file of its own, as it was at as_of."""

    manifest: Manifest
    database: Path
    as_of: datetime
    statements: Mapping[str, str] = field(default_factory=dict)
    written_at: datetime | None = None

    def build(self, as_of: datetime) -> list[str]:
        """Have dbt build what depends on as_of; tell where it writes what a step would not run."""
        foretold = self._statements_at(as_of)
        self.as_of = as_of
        _build(self.manifest, as_of, f"tag:{MOVING}")
        self.statements, self.written_at = _statements(self.manifest), as_of
        return [
            f"{as_of:%Y-%m-%d}: dbt writes {name} in another way"
            for name in foretold
            if foretold[name] != self.statements[name]
        ]

    def step(self, as_of: datetime, *, but: Sequence[str] = ()) -> None:
        """Run what dbt wrote for what depends on as_of, or all of it but some models."""
        statements = self._statements_at(as_of)
        self.as_of = as_of
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            for name, statement in statements.items():
                if name not in but:
                    connection.execute(statement)

    def _statements_at(self, as_of: datetime) -> dict[str, str]:
        if self.written_at is None:
            return {}
        before, now = (f"'{moment:{MOMENT}}'" for moment in (self.written_at, as_of))
        return {name: text.replace(before, now) for name, text in self.statements.items()}

    def stumble(self, as_of: datetime) -> list[str]:
        """Build a day that breaks off, is mended and built by dbt; tell what that changed."""
        self.step(as_of, but=BROKEN_OFF)
        self.step(as_of)
        mended = self.remembered()
        found = self.build(as_of)
        again = self.remembered()
        if again != mended:
            found.append(f"{as_of:%Y-%m-%d}: built twice: {mended} {again}")
        return found

    def rows(self, sql: str, **given: datetime) -> list[tuple[Any, ...]]:
        """Ask the file, between two steps; $now is as_of."""
        asked = {"now": self.as_of, **given}
        with duckdb.connect(str(self.database), read_only=True) as connection:
            connection.execute("use decile")
            values = {name: value for name, value in asked.items() if f"${name}" in sql}
            return connection.execute(sql, values or None).fetchall()

    def has(self, *models: str) -> bool:
        """Whether the project has all of these."""
        return set(models) <= {node.name for node in self.manifest.nodes.values()}

    def problems(self, checks: Sequence[Check] = CHECKS) -> list[str]:
        """Tell what must never be, and is."""
        found = [(c.name, self.rows(c.sql)) for c in checks if self.has(*c.models)]
        return [f"{self.as_of:%Y-%m-%d}: {name}: {rows[:3]}" for name, rows in found if rows]

    def remembered(self) -> dict[str, int]:
        """Count the rows of what remembers."""
        counts = {name: f"select count(*) from {name}" for name in REMEMBERED if self.has(name)}  # noqa: S608  (names of our own)
        return {name: self.rows(sql)[0][0] for name, sql in counts.items()}

    def week(self, since: datetime) -> dict[str, object]:
        """Give a row of the table: who is in which stage, and what happened since."""
        stages = self.rows(STAGES)
        counts = {name: sql for name, models, sql in WEEKLY if self.has(*models)}
        happened = {name: self.rows(sql, since=since)[0][0] for name, sql in counts.items()}
        return {"week to": f"{self.as_of:%Y-%m-%d}", **dict(stages), **happened}


def begin(folder: Path, first_day: datetime) -> Replay:
    """Build the sample into a folder as of the first day."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database = folder / "warehouse.duckdb"
    os.environ["DECILE_DUCKDB_PATH"] = str(database)
    manifest = parse_project(None)
    replayed = _with_parents(manifest, REPLAYED)
    moving = _moving(manifest, replayed)
    for key, node in list(manifest.nodes.items()):
        node.tags += [MOVING] * (node.name in moving)
        if not (node.name in replayed or key.startswith(("seed.", "operation."))):
            del manifest.nodes[key]
    manifest.unit_tests.clear()
    manifest.exposures.clear()
    _build(manifest, first_day, "*")
    # The hooks of a run look at raw tables and make the ledger, which is done.
    for key in [key for key in manifest.nodes if key.startswith("operation.")]:
        del manifest.nodes[key]
    return Replay(manifest, database, first_day)


def _statements(manifest: Manifest) -> dict[str, str]:
    """Give what dbt wrote for each model that moves, in the order in which they need each other."""
    nodes = {
        key: node
        for key, node in manifest.nodes.items()
        if MOVING in node.tags and node.config.materialized != "ephemeral"
    }
    needs = {key: set(_needs(manifest, key)) & set(nodes) for key in nodes}
    order = TopologicalSorter(needs).static_order()
    return {nodes[key].name: _statement(nodes[key]) for key in order}


def _needs(manifest: Manifest, key: str) -> set[str]:
    """Give what a model reads, by way of those that are no table as well."""
    found: set[str] = set()
    for parent in _depends_on(manifest.nodes[key]).nodes:
        node = manifest.nodes.get(parent)
        if node is not None:
            found |= {parent}
            if node.config.materialized == "ephemeral":
                found |= _needs(manifest, parent)
    return found


def _statement(node: Any) -> str:
    """Write a model's rows in place of the former; what remembers is added to."""
    if node.config.materialized == "view":
        return f"create or replace view {node.relation_name} as {node.compiled_code}"
    keeps = node.config.materialized == "incremental"
    emptied = "" if keeps else f"truncate {node.relation_name}; "
    return f"begin; {emptied}insert into {node.relation_name} by name {node.compiled_code}; commit"


def _build(manifest: Manifest, as_of: datetime, *selection: str) -> None:
    build_quietly(
        manifest,
        ["--select", *selection, "--resource-type", "model", "--resource-type", "seed"],
        variables=VARIABLES | {"as_of": f"{as_of:{MOMENT}}"},
        target=None,
        otherwise=f"the replay stopped at {as_of:%Y-%m-%d}.",
    )
    # dbt-duckdb keeps its file open.
    with suppress(Exception):
        DuckDBConnectionManager.env().close()
    DuckDBConnectionManager.close_all_connections()


def _with_parents(manifest: Manifest, names: Sequence[str]) -> tuple[str, ...]:
    """Give the models of these names that there are, and all models that they need."""
    project = manifest.metadata.project_name
    waiting = [key for name in names if (key := f"model.{project}.{name}") in manifest.nodes]
    found: dict[str, None] = {}
    while waiting:
        key = waiting.pop()
        if key.startswith("model.") and key not in found:
            found[key] = None
            waiting.extend(_depends_on(manifest.nodes[key]).nodes)
    return tuple(manifest.nodes[key].name for key in found)


def _depends_on(node: Any) -> Any:
    return node.depends_on


def _moving(manifest: Manifest, names: Sequence[str]) -> tuple[str, ...]:
    """Give those whose rows as_of changes: they read the clock, or what does, or remember."""
    nodes = {node.name: node for node in manifest.nodes.values() if node.name in names}
    layers = {name: Path(node.original_file_path).parts[1] for name, node in nodes.items()}
    moving = {
        name
        for name, node in nodes.items()
        if layers[name] in ("lifecycle", "audiences")
        or (layers[name] not in SETTLED and "macro.decile.as_of" in _depends_on(node).macros)
    }
    while True:
        parents = {nodes[name].unique_id for name in moving}
        more = {
            name
            for name, node in nodes.items()
            if layers[name] not in SETTLED and parents & set(_depends_on(node).nodes)
        }
        if more <= moving:
            return tuple(sorted(name for name in moving if not name.endswith(CHECKING)))
        moving |= more


def main() -> None:
    """Replay, print the weeks, and fail where something is that must never be."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--from", dest="first_day", type=datetime.fromisoformat, default=FIRST_DAY)
    asked.add_argument("--steps", type=int, default=365)
    asked.add_argument("--days", type=int, default=1, help="days from one step to the next")
    asked.add_argument("--folder", type=Path, default=ROOT / "target" / "replay")
    given = asked.parse_args()
    os.chdir(ROOT)
    replayed = begin(given.folder, given.first_day)
    problems, shown = replayed.problems(), given.first_day
    _show(replayed.week(shown - WEEK), with_names=True)
    for number in range(1, given.steps):
        as_of = given.first_day + timedelta(days=given.days * number)
        if number == 1:
            replayed.build(as_of)
        elif number % STUMBLES_EVERY:
            replayed.step(as_of)
        else:
            problems += replayed.stumble(as_of)
        problems += replayed.problems(DAILY)
        if as_of - shown >= WEEK:
            _show(replayed.week(shown), with_names=False)
            shown = as_of
    sys.exit("\n".join([*problems, *replayed.problems(HISTORIES)]) or 0)


def _show(week: dict[str, object], *, with_names: bool) -> None:
    if with_names:
        print("  ".join(week))
    print("  ".join(f"{value!s:>{len(name)}}" for name, value in week.items()), flush=True)


if __name__ == "__main__":
    main()
