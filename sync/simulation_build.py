"""Build the scores that other rules would give, in a schema of its own beside the live one.

The project is parsed once more, and in that copy of its manifest whatever descends from the
changed seeds is given another schema. All else stays where it is: the new models read the live
contacts and events, and no node that dbt is told to build points at a live table.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.dbt_build import build_quietly
from sync.errors import ConfigError
from sync.session import Session, open_session
from sync.warehouse import WORK_FOLDER, Warehouse, parse_project

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# Contacts and events stay as they are: a rule changes only what comes after them.
LAYERS = ("scoring", "lifecycle", "audiences", "activation", "evaluation")
MARK = "made_by_decile_simulate"
MODELS_AND_SEEDS = ("--resource-type", "model", "--resource-type", "seed")


@dataclass(frozen=True)
class Simulation:
    """Where the simulated tables are: the models and seeds that moved, by name."""

    schema: str
    aliases: Mapping[str, str]
    as_of: str

    def table(self, session: Session, name: str) -> str:
        """Give the simulated table, or the live one where the rules do not reach it."""
        if name in self.aliases:
            return session.warehouse.relation(self.aliases[name], schema=self.schema)
        return session.table(name)


@contextmanager
def simulated(files: Mapping[str, Path], target: str | None) -> Iterator[Simulation]:
    """Build with these files in place of the seeds of their names; drop it all at the end."""
    manifest = parse_project(target)
    with open_session(target) as session:
        simulation = _plan(session, manifest, files)
        _clear(session.warehouse, simulation.schema)
        try:
            _prepare(session, manifest, simulation)
        except BaseException:
            session.warehouse.drop_schema(simulation.schema)
            raise
    try:
        build_quietly(
            manifest,
            ["--select", *simulation.aliases, *MODELS_AND_SEEDS],
            variables={"as_of": simulation.as_of},
            target=target,
            otherwise="the simulation did not build; nothing live changed.",
        )
        yield simulation
    finally:
        with open_session(target) as session:
            session.warehouse.drop_schema(simulation.schema)


def _plan(session: Session, manifest: Manifest, files: Mapping[str, Path]) -> Simulation:
    (now,) = session.warehouse.rows(
        f"select max(scored_at) as as_of from {session.table('lead_scores')}"  # noqa: S608  (names of our own tables)
    )
    if now["as_of"] is None:
        raise ConfigError("nobody has a score yet. Build with: dbt build")
    schema = f"{session.warehouse.schema}_simulation"
    moved = _move(manifest, files, schema)
    aliases = {manifest.nodes[key].name: _node(manifest, key).alias for key in moved}
    return Simulation(schema, aliases, f"{now['as_of']:%Y-%m-%d %H:%M:%S.%f}")


def _move(manifest: Manifest, files: Mapping[str, Path], schema: str) -> list[str]:
    """Point the seeds, and all that descends from them, at the other schema."""
    seeds = [f"seed.{manifest.metadata.project_name}.{name}" for name in files]
    moved = [*seeds, *_descendants(manifest, seeds)]
    for key in moved:
        node = _node(manifest, key)
        node.schema = schema
        node.relation_name = None
    for key, path in zip(seeds, files.values(), strict=True):
        _node(manifest, key).original_file_path = _copied(path).as_posix()
    # The hooks of a run look at raw tables and make the ledger: none of that is simulated.
    for key in [key for key in manifest.nodes if key.startswith("operation.")]:
        del manifest.nodes[key]
    return moved


def _copied(path: Path) -> Path:
    """Copy a seed into the project: dbt writes what it ran to target/ plus the seed's own path."""
    folder = WORK_FOLDER / "simulation" / "rules"
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(path, folder))


def _descendants(manifest: Manifest, roots: Iterable[str]) -> list[str]:
    manifest.build_parent_and_child_maps()  # type: ignore[no-untyped-call]  # dbt leaves it untyped
    found: dict[str, None] = {}
    waiting = list(roots)
    while waiting:
        for child in manifest.child_map[waiting.pop()]:
            if child.startswith("model.") and child not in found and _layer(manifest, child):
                found[child] = None
                waiting.append(child)
    return list(found)


def _layer(manifest: Manifest, key: str) -> bool:
    return Path(_node(manifest, key).original_file_path).parts[1] in LAYERS


def _node(manifest: Manifest, key: str) -> Any:
    return manifest.nodes[key]


def _clear(warehouse: Warehouse, schema: str) -> None:
    """Drop what a simulation left that was killed; never what somebody else made."""
    found = list(
        warehouse.rows(
            "select table_name from information_schema.tables "
            "where table_catalog = ? and table_schema = ?",
            (warehouse.database, schema),
        )
    )
    if found and MARK not in {row["table_name"] for row in found}:
        raise ConfigError(
            f"the schema {schema} holds tables that no simulation made; it would be dropped. "
            "Rename it, or simulate on another target."
        )
    warehouse.drop_schema(schema)


def _prepare(session: Session, manifest: Manifest, simulation: Simulation) -> None:
    """Make the schema, with a copy of what is remembered: a build would go on from there."""
    warehouse = session.warehouse
    warehouse.create_schema(simulation.schema)
    mark = warehouse.relation(MARK, schema=simulation.schema)
    with warehouse.transaction():
        warehouse.execute(f"create table {mark} as select 1 as one")
        for node in manifest.nodes.values():
            if node.name in simulation.aliases and _remembers(node):
                live, copy = session.table(node.name), simulation.table(session, node.name)
                warehouse.execute(f"create table {copy} as select * from {live}")  # noqa: S608  (names of our own tables)


def _remembers(node: Any) -> bool:
    config = node.config
    return bool(config.materialized == "incremental" and config.get("full_refresh") is False)
