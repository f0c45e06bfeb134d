"""The syncs of a project: its dbt exposures with `config.meta.sync`, checked as a whole.

parse_syncs() finds every mistake before it gives up, so that one run shows them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Setting

from sync.changes import Field, FieldType, Mode
from sync.destinations.connection import Connector
from sync.errors import ConfigError


class Strict(BaseModel):
    """A part of an exposure; a key that it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SendWhen(Strict):
    """Which changes are worth a write. A row is sent when any of these holds."""

    any_change: tuple[str, ...] = ()
    moved: dict[str, Annotated[float, Setting(gt=0)]] = {}
    at_least_every_days: Annotated[int, Setting(gt=0)] | None = None


class Guards(Strict):
    """How much one run may change before it is refused. Shares are of the rows sent before."""

    max_removed_share: Annotated[float, Setting(ge=0, le=1)] = 0.2
    max_changed_share: Annotated[float, Setting(ge=0, le=1)] | None = None
    min_rows: Annotated[int, Setting(ge=0)] = 1


class SyncMeta(Strict):
    """`config.meta.sync` of an exposure, as it is written."""

    destination: str
    object: str
    mode: Mode
    key: str
    contact: str | None = None
    consent: str | None = None
    record_id: str | None = None
    unique_key: str | None = None
    fields: Annotated[dict[str, str], Setting(min_length=1)]
    create_fields: dict[str, str] = {}
    send_when: SendWhen | None = None
    guards: Guards = Guards()
    in_flight: Annotated[int, Setting(gt=0)] = 1


@dataclass(frozen=True)
class Sync:
    """One sync, ready to run: a model, where it goes, and which of its changes matter.

    `types` gives every column of the model its type; `schema` and `table` are the model's own.
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


def parse_syncs(manifest: Mapping[str, Any], destinations: Mapping[str, Connector]) -> list[Sync]:
    """Read the syncs out of a dbt manifest.

    Raises ConfigError with one line for each mistake: file, exposure, key and what is allowed.
    """
    problems: list[str] = []
    syncs = []
    for exposure in _exposures(manifest):
        place = f"{exposure['original_file_path']}, exposure {exposure['name']}"
        sync, found = _parse(exposure, manifest, destinations)
        problems += [f"{place}: {problem}" for problem in found]
        syncs += [sync] if sync else []
    if problems:
        raise ConfigError(*problems)
    return syncs


def _exposures(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = [
        exposure
        for exposure in manifest.get("exposures", {}).values()
        if "sync" in exposure.get("config", {}).get("meta", {})
    ]
    return sorted(found, key=lambda exposure: str(exposure["name"]))


def _parse(
    exposure: Mapping[str, Any],
    manifest: Mapping[str, Any],
    destinations: Mapping[str, Connector],
) -> tuple[Sync | None, list[str]]:
    try:
        meta = SyncMeta.model_validate(exposure["config"]["meta"]["sync"])
    except ValidationError as error:
        return None, list(_explain(error))
    problems = list(_destination_problems(meta, destinations))
    models = [node for node in exposure["depends_on"]["nodes"] if node.startswith("model.")]
    if len(models) != 1:
        problems.append(f"depends_on: must name one model, the one to send; names {len(models)}")
        return None, problems
    node = manifest["nodes"].get(models[0])
    if node is None:
        problems.append(f"depends_on: {models[0].split('.')[-1]} is switched off in this project")
        return None, problems
    types, type_problems = _types(node)
    problems += type_problems or _column_problems(meta, types, node["name"])
    return (None if problems else _sync(exposure["name"], meta, node, types)), problems


def _explain(error: ValidationError) -> Iterator[str]:
    for mistake in error.errors():
        key = ".".join(["sync", *(str(part) for part in mistake["loc"])])
        if mistake["type"] == "extra_forbidden":
            part = SendWhen if "send_when" in mistake["loc"] else SyncMeta
            yield f"{key}: unknown key; known are {', '.join(part.model_fields)}"
        elif mistake["type"] == "missing":
            yield f"{key}: is missing"
        else:
            yield f"{key}: {mistake['msg'][0].lower()}{mistake['msg'][1:]}"


def _destination_problems(meta: SyncMeta, destinations: Mapping[str, Connector]) -> Iterator[str]:
    connector = destinations.get(meta.destination)
    if connector is None:
        known = ", ".join(sorted(destinations))
        yield f"sync.destination: there is no {meta.destination!r}; known are {known}"
        return
    if meta.object not in connector.objects:
        known = ", ".join(sorted(connector.objects))
        yield f"sync.object: {meta.destination} has no {meta.object!r}; known are {known}"
    modes = [mode for mode in get_args(Mode) if mode in connector.capabilities.modes]
    if meta.mode not in modes:
        able = ", ".join(modes)
        yield f"sync.mode: {meta.destination} cannot {meta.mode!r}; it can {able}"


def _column_problems(meta: SyncMeta, types: Mapping[str, FieldType], model: str) -> Iterator[str]:
    for key, column in _columns_named(meta):
        if column not in types:
            yield f"sync.{key}: {model} has no column {column!r}"
    needed = {"update": "record_id", "upsert": "unique_key", "create": "unique_key"}
    if (name := needed.get(meta.mode)) and getattr(meta, name) is None:
        yield f"sync.{name}: mode {meta.mode} needs it"
    if types.get(meta.key, "string") not in ("string", "integer"):
        yield f"sync.key: {meta.key!r} must be a string or an integer"
    for column in _send_when(meta).moved:
        if types.get(column, "number") not in ("integer", "number"):
            yield f"sync.send_when.moved: {column!r} is not a number"
    for column in (*_send_when(meta).any_change, *_send_when(meta).moved):
        if column not in meta.fields:
            yield f"sync.send_when: {column!r} is not among the fields that are sent"
    for name in sorted(_repeated([*meta.fields.values(), *meta.create_fields.values()])):
        yield f"sync.fields: two columns land in {name!r}"


def _columns_named(meta: SyncMeta) -> Iterator[tuple[str, str]]:
    for key in ("key", "contact", "record_id", "unique_key"):
        if (column := getattr(meta, key)) is not None:
            yield key, column
    yield from (("fields", column) for column in meta.fields)
    yield from (("create_fields", column) for column in meta.create_fields)


def _send_when(meta: SyncMeta) -> SendWhen:
    return meta.send_when or SendWhen()


def _repeated(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


_KINDS: tuple[tuple[str, FieldType], ...] = (
    (r"(string|text|varchar|character varying|char)\b", "string"),
    (r"(integer|int|bigint|smallint)\b", "integer"),
    (r"(numeric|decimal|number|double|float|real)\b", "number"),
    (r"bool", "boolean"),
    (r"date$", "date"),
    (r"timestamp|datetime", "timestamp"),
)


def _types(node: Mapping[str, Any]) -> tuple[dict[str, FieldType], list[str]]:
    """Give the columns of a model with their types, as its contract promises them."""
    if not node["config"].get("contract", {}).get("enforced"):
        return {}, [f"depends_on: {node['name']} has no enforced contract, so no known columns"]
    types: dict[str, FieldType] = {}
    problems = []
    for name, column in node["columns"].items():
        declared = str(column.get("data_type") or "").lower()
        kind = next((kind for pattern, kind in _KINDS if re.match(pattern, declared)), None)
        if kind is None:
            problems.append(f"{node['name']}.{name}: data_type {declared!r} cannot be sent")
        else:
            types[name] = kind
    return types, problems


def _sync(
    name: str, meta: SyncMeta, node: Mapping[str, Any], types: Mapping[str, FieldType]
) -> Sync:
    def fields(mapping: Mapping[str, str]) -> tuple[Field, ...]:
        return tuple(
            Field(
                column=column,
                name=landing,
                type=types[column],
                label=_label(node["columns"][column], column),
                description=node["columns"][column].get("description", ""),
            )
            for column, landing in mapping.items()
        )

    return Sync(
        name=name,
        meta=meta,
        model=node["name"],
        database=node["database"],
        schema=node["schema"],
        table=node["alias"],
        types=types,
        contact=meta.contact or ("contact_id" if "contact_id" in types else None),
        fields=fields(meta.fields),
        create_fields=fields(meta.create_fields),
    )


def _label(column: Mapping[str, Any], name: str) -> str:
    """Give the name that people see in the destination: `meta.label`, else the column's own."""
    label = column.get("config", {}).get("meta", {}).get("label")
    return str(label or f"Decile {name.replace('_', ' ')}")
