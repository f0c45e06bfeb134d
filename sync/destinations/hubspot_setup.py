"""The properties that HubSpot contacts need before anything can be written to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sync.changes import Field, FieldType, SetupStep
from sync.errors import DestinationError
from sync.http import HttpClient

GROUP = "decile"
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")

# The type and fieldType that a new property gets.
KINDS: Mapping[FieldType, tuple[str, str]] = {
    "string": ("string", "text"),
    "integer": ("number", "number"),
    "number": ("number", "number"),
    "boolean": ("bool", "booleancheckbox"),
    "date": ("date", "date"),
    "timestamp": ("datetime", "date"),
}
YES_NO = (
    {"label": "Yes", "value": "true", "displayOrder": 0},
    {"label": "No", "value": "false", "displayOrder": 1},
)

Property = Mapping[str, object]


@dataclass(frozen=True)
class Need:
    """A property that has to exist."""

    name: str
    label: str
    description: str
    type: FieldType
    unique: bool = False


def needs(fields: Sequence[Field], *, unique_property: str) -> list[Need]:
    """List the unique property and one property per field, each once."""
    key = Need(
        unique_property,
        "Decile contact id",
        "The contact's id in Decile. Decile finds its contacts again by it: do not edit.",
        "string",
        unique=True,
    )
    others = (Need(field.name, field.label, field.description, field.type) for field in fields)
    return list({need.name: need for need in (*others, key)}.values())


def plan(http: HttpClient, path: str, needed: Sequence[Need]) -> list[SetupStep]:
    """Compare, without changing anything: the group first, then each property."""
    properties = by_name(http, path)
    has_group = GROUP in by_name(http, f"{path}/groups")
    steps = [_step(need, properties.get(need.name)) for need in needed]
    group = SetupStep(GROUP, "exists" if has_group else "create", "property group")
    return [group, *steps]


def apply(http: HttpClient, path: str, needed: Sequence[Need]) -> list[SetupStep]:
    """Create what is missing, then look again: what was created has to be there."""
    steps = plan(http, path, needed)
    bodies = {need.name: _definition(need) for need in needed}
    missing = [step for step in steps if step.action == "create"]
    for step in missing:
        if step.name == GROUP:
            _create(http, f"{path}/groups", {"name": GROUP, "label": "Decile", "displayOrder": -1})
        else:
            _create(http, path, bodies[step.name])
    still = [step.name for step in plan(http, path, needed) if step.action == "create"]
    if missing and still:
        raise DestinationError(
            f"HubSpot took the properties {', '.join(still)} but does not list them. If they were"
            " archived, restore them in HubSpot (Settings > Properties > Archived)."
        )
    return steps


def _create(http: HttpClient, path: str, body: Mapping[str, object]) -> None:
    # 409: it exists, for instance because an earlier answer was lost. apply() looks again.
    http.send("POST", path, body=body, idempotent=True, accept={409})


def by_name(http: HttpClient, path: str) -> dict[str, Property]:
    """Read all properties, or all groups."""
    found = http.get(path).get("results")
    items = cast("list[Property]", found if isinstance(found, list) else [])
    return {str(item.get("name")): item for item in items if isinstance(item, Mapping)}


def _step(need: Need, found: Property | None) -> SetupStep:
    type_, field_type = KINDS[need.type]
    if not NAME.fullmatch(need.name):
        detail = (
            "HubSpot names are a letter, then letters, digits and _, all lower case. Rename it."
        )
        return SetupStep(need.name, "conflict", detail)
    if found is None:
        unique = ", unique" if need.unique else ""
        return SetupStep(need.name, "create", f"{type_}/{field_type}{unique}")
    problem = _problem(need, found)
    if problem:
        return SetupStep(need.name, "conflict", problem)
    return SetupStep(need.name, "exists", f"{found.get('type')}/{found.get('fieldType')}")


def _problem(need: Need, found: Property) -> str | None:
    type_, field_type = KINDS[need.type]
    has = f"{found.get('type')}/{found.get('fieldType')}"
    # HubSpot lists older checkboxes as enumerations of true and false.
    checkbox = need.type == "boolean" and found.get("fieldType") == "booleancheckbox"
    if found.get("type") != type_ and not checkbox:
        return f"is {has}, needs {type_}/{field_type}. Map the column to another property."
    rights = found.get("modificationMetadata")
    if isinstance(rights, Mapping) and rights.get("readOnlyValue") is True:
        return "HubSpot fills it itself. Map the column to another property."
    if need.unique and found.get("hasUniqueValue") is not True:
        return "exists without unique values. Set HUBSPOT_UNIQUE_PROPERTY to another name."
    return None


def _definition(need: Need) -> dict[str, object]:
    type_, field_type = KINDS[need.type]
    return {
        "name": need.name,
        "label": need.label,
        "description": need.description,
        "groupName": GROUP,
        "type": type_,
        "fieldType": field_type,
        **({"options": list(YES_NO)} if need.type == "boolean" else {}),
        **({"hasUniqueValue": True} if need.unique else {}),
    }
