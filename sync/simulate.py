"""What other rules would change: the live scores beside simulated ones, counted and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sync.errors import ConfigError
from sync.rules import KEYS, check_rules
from sync.session import Session, connect, open_session
from sync.simulation_build import Simulation, simulated
from sync.simulation_sql import DATES, MOVERS, QUALITY, REASONS, STEPS

Json = dict[str, Any]


def simulate(
    folder: Path,
    *,
    target: str | None,
    movers: int,
    tell: Callable[[str], None],
    emails: bool = False,
) -> Json:
    """Build and compare. Raises ConfigError where the rules in the folder are no rules."""
    files = rule_files(folder)
    if problems := check_rules(Path(), instead=folder):
        raise ConfigError(*map(str, problems))
    with simulated(files, target) as simulation, open_session(target) as session:
        return {
            "rules": folder.as_posix(),
            "as_of": simulation.as_of.split(".")[0],
            "changed_rules": list(_changed_rules(session, simulation, files)),
            "dates": _dates(session, simulation),
            **{
                name: _rows(session, simulation, STEPS, column=column)
                for name, column in _STEPPED.items()
            },
            "movers": _movers(session, simulation, movers, emails=emails),
            "syncs": list(_syncs(session, simulation, tell)),
        }


_STEPPED = {"bands": "band", "deciles": "decile", "qualifications": "qualification"}


def rule_files(folder: Path) -> dict[str, Path]:
    """Give the seeds in a folder by name. Raises ConfigError for files that are none."""
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    if not files:
        raise ConfigError(f"{folder} holds no CSV. Copy those to change from seeds/scoring/ there")
    if strange := sorted(files.keys() - KEYS.keys()):
        raise ConfigError(
            *(f"{files[name]}: is no rule seed; allowed: {', '.join(KEYS)}" for name in strange)
        )
    return files


def nothing_moves(found: Json) -> bool:
    """Whether every contact has the same score at every date."""
    return all(row["moved"] == 0 for row in found["dates"])


def _rows(session: Session, simulation: Simulation, sql: str, **names: object) -> list[Json]:
    """Read a query that names its tables in braces: {live[table]} and {new[table]}."""
    live = _Names(session.table)
    new = _Names(lambda name: simulation.table(session, name))
    return list(session.warehouse.rows(sql.format(live=live, new=new, **names)))


class _Names(dict[str, str]):
    def __init__(self, find: Callable[[str], str]) -> None:
        self._find = find

    def __missing__(self, name: str) -> str:
        return self._find(name)


def _changed_rules(
    session: Session, simulation: Simulation, files: Mapping[str, Path]
) -> Iterator[Json]:
    for seed in files:
        before, after = (
            {tuple(row[name] for name in KEYS[seed]): row for row in session.warehouse.rows(sql)}
            for sql in (
                f"select * from {session.table(seed)}",  # noqa: S608  (names of our own tables)
                f"select * from {simulation.table(session, seed)}",  # noqa: S608  (names of our own tables)
            )
        )
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if old == new:
                continue
            cells = {
                name: [old[name], new.get(name)]
                for name in (old or {})
                if old and new and old[name] != new.get(name)
            }
            how = "added" if old is None else "removed" if new is None else "changed"
            yield {"seed": seed, "row": " ".join(map(str, key)), "how": how, "cells": cells}


def _dates(session: Session, simulation: Simulation) -> list[Json]:
    """Give what moved at each date, with how well the points told buyers, before and after."""
    quality = {(row["as_of"], row["scenario"]): row for row in _rows(session, simulation, QUALITY)}
    measured = ("auc_before", "auc_after", "top_lift_before", "top_lift_after")
    return [
        row
        | {name: quality.get((row["as_of"], row["scenario"]), {}).get(name) for name in measured}
        for row in _rows(session, simulation, DATES)
    ]


def _movers(session: Session, simulation: Simulation, movers: int, *, emails: bool) -> list[Json]:
    """Give the contacts that move most, each with the rules that move it, the most first."""
    email = ", contacts.email" if emails else ""
    rows = _rows(session, simulation, MOVERS, movers=movers, email=email)
    ids = ", ".join(f"'{row['contact_id']}'" for row in rows)
    why: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for reason in _rows(session, simulation, REASONS, ids=ids) if rows else ():
        why[reason["contact_id"], reason["scenario"]].append(reason)
    return [
        row
        | {
            "rules": [
                {"rule": reason["rule"], "points": reason["moved_by"]}
                for reason in why[row["contact_id"], row["scenario"]]
            ]
        }
        for row in rows
    ]


def _syncs(session: Session, simulation: Simulation, tell: Callable[[str], None]) -> Iterator[Json]:
    """Plan each sync with both scores, against what its destination accepted; send nothing."""
    for sync in session.syncs:
        with connect(sync.meta.destination, sync.goes_to, tell) as connection:
            before = session.plan(sync, connection)
            moved = sync.model in simulation.aliases
            there = replace(sync, schema=simulation.schema) if moved else sync
            after = session.plan(there, connection)
        yield {
            "sync": sync.name,
            "account": connection.account,
            "rows": after.rows_read,
            "send_before": before.to_send,
            "send_after": after.to_send,
            "held_back_before": before.held_back.total(),
            "held_back_after": after.held_back.total(),
        }
