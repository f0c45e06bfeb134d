"""The syncs of a project, its dbt exposures with `config.meta.sync`, and its guard models.

read_project() finds every mistake before it gives up, so that one run shows them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from sync.changes import Field, FieldType
from sync.config_problems import (
    column_problems,
    column_types,
    contact_column,
    destination_problems,
)
from sync.destinations.connection import Connector, Target
from sync.errors import ConfigError
from sync.exposure import Alerts as Alerts
from sync.exposure import GuardMeta, SyncMeta, explain_mistakes
from sync.exposure import Guards as Guards
from sync.exposure import SendWhen as SendWhen
from sync.personal import is_personal

GUARD = "chk_"

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Sync:
    """One sync, ready to run: a model, where it goes, and which of its changes matter.

    `types` gives every column of the model its type; `schema` and `table` are the model's own.
    `contact` is the column with the contact. `upstream` holds dbt's ids of the model and of all
    that it is made of; `checks` those of the tests on any of these.
    """

    name: str
    meta: SyncMeta
    model: str
    database: str
    schema: str
    table: str
    types: Mapping[str, FieldType]
    contact: str | None
    fields: tuple[Field, ...]
    create_fields: tuple[Field, ...]
    upstream: frozenset[str] = frozenset()
    checks: frozenset[str] = frozenset()

    @property
    def goes_to(self) -> Target:
        """What the sync writes to."""
        return Target(self.meta.object, self.meta.settings)


@dataclass(frozen=True)
class Guard:
    """A model that must be empty: a row of it stops every sync, or only what its contact is sent.

    `syncs` are the names of those that it is for; none: all.
    """

    name: str
    database: str
    schema: str
    table: str
    stops: Literal["all", "row"]
    syncs: frozenset[str] = frozenset()

    def concerns(self, sync: str) -> bool:
        """Tell whether the guard is for that sync."""
        return not self.syncs or sync in self.syncs


@dataclass(frozen=True)
class Project:
    """What a project sends, what guards it, and every mistake in either."""

    syncs: list[Sync]
    guards: tuple[Guard, ...]
    problems: tuple[str, ...]


def read_project(manifest: Node, destinations: Mapping[str, Connector]) -> Project:
    """Read the syncs and guards out of a dbt manifest.

    A problem is one line: file, exposure or model, key, and what is allowed.
    """
    syncs, guards = [], []
    problems: list[str] = []
    for exposure in _exposures(manifest):
        place = f"{exposure['original_file_path']}, exposure {exposure['name']}"
        sync, found = _parse(exposure, manifest, destinations)
        problems += [f"{place}: {problem}" for problem in found]
        syncs += [sync] if sync else []
    # Who is to be put on a list is made first.
    syncs.sort(key=lambda sync: sync.meta.mode == "audience")
    for node in _guard_models(manifest):
        guard, found = _parse_guard(node, {exposure["name"] for exposure in _exposures(manifest)})
        found += list(_unguarded(guard, syncs)) if guard else []
        problems += [f"{node['original_file_path']}: {problem}" for problem in found]
        guards += [guard] if guard else []
    return Project(syncs, tuple(guards), tuple(problems))


def _unguarded(guard: Guard, syncs: Sequence[Sync]) -> Iterator[str]:
    """Say of which syncs a guard of rows was asked for, that name no contact to hold back."""
    for sync in syncs:
        if guard.stops == "row" and sync.name in guard.syncs and sync.contact is None:
            yield f"guard.syncs: {sync.name} has no column with the contact, so no row is stopped"


def parse_syncs(manifest: Node, destinations: Mapping[str, Connector]) -> list[Sync]:
    """Give the syncs. Raises ConfigError with every mistake of the project."""
    project = read_project(manifest, destinations)
    if project.problems:
        raise ConfigError(*project.problems)
    return project.syncs


def parse_guards(manifest: Node) -> tuple[Guard, ...]:
    """Give the guards. Their mistakes are raised by parse_syncs()."""
    known = {exposure["name"] for exposure in _exposures(manifest)}
    found = (_parse_guard(node, known)[0] for node in _guard_models(manifest))
    return tuple(guard for guard in found if guard)


def _exposures(manifest: Node) -> list[dict[str, Any]]:
    found = [
        exposure
        for exposure in manifest.get("exposures", {}).values()
        if "sync" in exposure.get("config", {}).get("meta", {})
    ]
    return sorted(found, key=lambda exposure: str(exposure["name"]))


def _guard_models(manifest: Node) -> list[Node]:
    found = [
        node
        for node in manifest.get("nodes", {}).values()
        if node.get("resource_type") == "model" and node["name"].startswith(GUARD)
    ]
    return sorted(found, key=lambda node: str(node["name"]))


def _parse(
    exposure: Node, manifest: Node, destinations: Mapping[str, Connector]
) -> tuple[Sync | None, list[str]]:
    try:
        meta = SyncMeta.model_validate(exposure["config"]["meta"]["sync"])
    except ValidationError as error:
        return None, list(explain_mistakes(error, "sync", SyncMeta))
    problems = list(destination_problems(meta, destinations))
    models = [node for node in exposure["depends_on"]["nodes"] if node.startswith("model.")]
    if len(models) != 1:
        problems.append(f"depends_on: must name one model, the one to send; names {len(models)}")
        return None, problems
    node = manifest["nodes"].get(models[0])
    if node is None:
        problems.append(f"depends_on: {models[0].split('.')[-1]} is switched off in this project")
        return None, problems
    types, type_problems = column_types(node)
    asked = destinations.get(meta.destination)
    kind = asked.objects.get(meta.object) if asked else None
    able = kind.capabilities if kind else None
    consent = (able.consent or able.consent_for_new) if able else None
    problems += type_problems or column_problems(meta, types, node["name"], consent)
    if problems:
        return None, problems
    upstream = _upstream(models[0], manifest["nodes"])
    return _sync(exposure["name"], meta, node, types, upstream, manifest["nodes"]), []


def _parse_guard(node: Node, syncs: set[str]) -> tuple[Guard | None, list[str]]:
    try:
        meta = GuardMeta.model_validate(node["config"].get("meta", {}).get("guard", {}))
    except ValidationError as error:
        return None, list(explain_mistakes(error, "guard", GuardMeta))
    problems = [
        f"guard.syncs: there is no sync {name!r}; known are {', '.join(sorted(syncs)) or 'none'}"
        for name in meta.syncs
        if name not in syncs
    ]
    if meta.stops == "row" and "contact_id" not in node["columns"]:
        problems.append("guard.stops: row needs the column contact_id, described in the YAML")
    guard = Guard(
        name=node["name"],
        database=node["database"],
        schema=node["schema"],
        table=node["alias"],
        stops=meta.stops,
        syncs=frozenset(meta.syncs),
    )
    return (None if problems else guard), problems


def _upstream(model: str, nodes: Mapping[str, Node]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [model]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += nodes.get(name, {}).get("depends_on", {}).get("nodes", [])
    return frozenset(found)


def _checks(upstream: frozenset[str], nodes: Mapping[str, Node]) -> frozenset[str]:
    """Give the tests that speak of any of these: those of a column by it, others by what they read.

    A test of another model that only looks something up here says nothing of what is here.
    """
    return frozenset(
        name
        for name, node in nodes.items()
        if node.get("resource_type") == "test"
        and upstream.intersection(
            [node["attached_node"]] if node.get("attached_node") else node["depends_on"]["nodes"]
        )
    )


def _sync(
    name: str,
    meta: SyncMeta,
    node: Node,
    types: Mapping[str, FieldType],
    upstream: frozenset[str],
    nodes: Mapping[str, Node],
) -> Sync:
    return Sync(
        name=name,
        meta=meta,
        model=node["name"],
        database=node["database"],
        schema=node["schema"],
        table=node["alias"],
        types=types,
        contact=contact_column(meta, types),
        fields=_fields(meta.fields, node, types),
        create_fields=_fields(meta.create_fields, node, types),
        upstream=upstream,
        checks=_checks(upstream, nodes),
    )


def _fields(
    mapping: Mapping[str, str], node: Node, types: Mapping[str, FieldType]
) -> tuple[Field, ...]:
    return tuple(
        Field(
            column=column,
            name=landing,
            type=types[column],
            label=_label(node["columns"][column], column),
            description=node["columns"][column].get("description", ""),
            personal=is_personal(_meta(node["columns"][column]), (column, landing), types[column]),
        )
        for column, landing in mapping.items()
    )


def _label(column: Node, name: str) -> str:
    """Give the name that people see in the destination: `meta.label`, else the column's own."""
    label = _meta(column).get("label")
    return str(label or f"Decile {name.replace('_', ' ')}")


def _meta(column: Node) -> Mapping[str, Any]:
    return column.get("config", {}).get("meta") or {}
