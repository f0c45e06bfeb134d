"""What can be wrong with a sync that is written as it should be: what does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from sync.changes import Capabilities, FieldType, Mode
from sync.destinations.connection import Connector
from sync.exposure import SendWhen, SyncMeta

# A record can be found again only by the destination's own id, or by our own unique property.
NEEDED: dict[Mode, str] = {
    "update": "record_id",
    "upsert": "unique_key",
    "create": "unique_key",
    "mirror": "unique_key",
}
REMOVING: tuple[Mode, ...] = ("mirror", "audience")


def destination_problems(meta: SyncMeta, destinations: Mapping[str, Connector]) -> Iterator[str]:
    """Say what the destination cannot do."""
    connector = destinations.get(meta.destination)
    if connector is None:
        known = ", ".join(sorted(destinations))
        yield f"sync.destination: there is no {meta.destination!r}; known are {known}"
        return
    if meta.object not in connector.objects:
        known = ", ".join(sorted(connector.objects))
        yield f"sync.object: {meta.destination} has no {meta.object!r}; known are {known}"
        return
    kind = connector.objects[meta.object]
    able, place = kind.capabilities, f"{meta.destination} {meta.object}"
    modes = [mode for mode in get_args(Mode) if can(able, mode)]
    if meta.mode not in modes:
        yield f"sync.mode: {place} cannot {meta.mode!r}; it can {', '.join(modes)}"
    if meta.mode == "audience" and not (meta.consent or able.consent):
        yield "sync.consent: is missing; an audience is written to: name a purpose, or none"
    if kind.needs_unique_key and meta.unique_key is None:
        yield f"sync.unique_key: is missing, and {place} takes people out by it: name contact_id"
    if meta.mode == "audience" and able.found_by and meta.create_fields:
        yield f"sync.create_fields: {place} forgets them, and takes people out by them: use fields"
    if meta.in_flight > able.max_in_flight:
        yield f"sync.in_flight: {place} takes at most {able.max_in_flight}"
    known = ", ".join((*kind.required, *kind.optional)) or "none"
    for name in meta.settings.keys() - {*kind.required, *kind.optional}:
        yield f"sync.settings: {place} knows no {name!r}; known are {known}"
    for name in kind.required:
        if not meta.settings.get(name, "").strip():
            yield f"sync.settings.{name}: is missing, and {place} needs it"


def can(able: Capabilities, mode: Mode) -> bool:
    """Tell whether a destination can do all that a mode may come to."""
    return mode in able.modes and (mode not in REMOVING or able.removal is not None)


def column_problems(
    meta: SyncMeta, types: Mapping[str, FieldType], model: str, consent: str | None
) -> Iterator[str]:
    """Say what the model lacks. `consent`: the purpose that the destination itself asks for."""
    for key, column in columns_named(meta):
        if column not in types:
            yield f"sync.{key}: {model} has no column {column!r}"
    if (name := NEEDED.get(meta.mode)) and getattr(meta, name) is None:
        yield f"sync.{name}: mode {meta.mode} needs it"
    if types.get(meta.key, "string") not in ("string", "integer"):
        yield f"sync.key: {meta.key!r} must be a string or an integer"
    if (purpose := meta.purpose or consent) and contact_column(meta, types) is None:
        asks = "sync.consent" if meta.purpose else meta.destination
        yield f"sync.contact: is missing, and {asks} asks for each contact's {purpose}"
    yield from _field_problems(meta, types)


def _field_problems(meta: SyncMeta, types: Mapping[str, FieldType]) -> Iterator[str]:
    when = meta.send_when or SendWhen()
    for column in when.moved:
        if types.get(column, "number") not in ("integer", "number"):
            yield f"sync.send_when.moved: {column!r} is not a number"
    for column in (*when.any_change, *when.moved):
        if column not in meta.fields:
            yield f"sync.send_when: {column!r} is not among the fields that are sent"
    names = [*meta.fields.values(), *meta.create_fields.values()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"sync.fields: two columns land in {name!r}"
    for name in names:
        if '"' in name or "\\" in name:
            yield f"sync.fields: {name!r} holds a quotation mark or a backslash"


def columns_named(meta: SyncMeta) -> Iterator[tuple[str, str]]:
    """Give each key of an exposure that names a column, with the column."""
    for key in ("key", "contact", "record_id", "unique_key"):
        if (column := getattr(meta, key)) is not None:
            yield key, column
    yield from (("fields", column) for column in meta.fields)
    yield from (("create_fields", column) for column in meta.create_fields)


def contact_column(meta: SyncMeta, types: Mapping[str, FieldType]) -> str | None:
    """Give the column with the contact of a row, where the model has one."""
    return meta.contact or ("contact_id" if "contact_id" in types else None)


_KINDS: tuple[tuple[str, FieldType], ...] = (
    (r"(string|text|varchar|character varying|char)\b", "string"),
    (r"(integer|int|bigint|smallint)\b", "integer"),
    (r"(numeric|decimal|number|double|float|real)\b", "number"),
    (r"bool", "boolean"),
    (r"date$", "date"),
    (r"timestamp|datetime", "timestamp"),
)


def column_types(node: Mapping[str, Any]) -> tuple[dict[str, FieldType], list[str]]:
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
