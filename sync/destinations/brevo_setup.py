"""The attributes that Brevo contacts need before anything can be written to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.changes import Field, FieldType, SetupStep
from sync.errors import DestinationError
from sync.http import HttpClient

ADDRESS = "EMAIL"
NAME = re.compile(r"[A-Z][A-Z0-9_]{0,49}")
ATTRIBUTES = "/contacts/attributes"

# The type of a new attribute; a date of Brevo has no time.
KINDS: Mapping[FieldType, str] = {
    "integer": "float",
    "number": "float",
    "boolean": "boolean",
    "date": "date",
}
TEXT = "text"

# How a value of an attribute goes into JSON, where that is not as text.
JSON_TYPES: Mapping[str, FieldType] = {"float": "number", "boolean": "boolean"}

Attribute = Mapping[str, object]


def attributes(http: HttpClient) -> dict[str, Attribute]:
    """Read all attributes that a contact can be given, by name; the address is one."""
    found = http.get(ATTRIBUTES).get("attributes")
    if not isinstance(found, list):
        raise DestinationError("Brevo does not say which attributes contacts have.")
    items = {str(item.get("name")): item for item in found if isinstance(item, Mapping)}
    return {ADDRESS: {"name": ADDRESS, "category": "normal", "type": TEXT}, **items}


def plan(http: HttpClient, fields: Sequence[Field]) -> list[SetupStep]:
    """Compare, without changing anything."""
    there = attributes(http)
    return [_step(field, there.get(field.name)) for field in fields]


def apply(http: HttpClient, fields: Sequence[Field]) -> list[SetupStep]:
    """Create what is missing."""
    steps = plan(http, fields)
    kinds = {field.name: KINDS.get(field.type, TEXT) for field in fields}
    for step in steps:
        if step.action == "create":
            path, body = f"{ATTRIBUTES}/normal/{step.name}", {"type": kinds[step.name]}
            # 400: it exists, for instance because an earlier answer was lost. We look again.
            http.send("POST", path, body=body, idempotent=True, accept={400})
    still = [step.name for step in plan(http, fields) if step.action == "create"]
    if still:
        raise DestinationError(f"Brevo did not make the attributes {', '.join(still)}.")
    return steps


def _step(field: Field, found: Attribute | None) -> SetupStep:
    kind = KINDS.get(field.type, TEXT)
    if not NAME.fullmatch(field.name):
        detail = "an attribute is a capital, then capitals, digits and _, 50 at most. Rename it."
        return SetupStep(field.name, "conflict", detail)
    if found is None:
        return SetupStep(field.name, "create", kind)
    if found.get("category") != "normal":
        detail = f"is {found.get('category')}, which Decile does not write. Map another one."
        return SetupStep(field.name, "conflict", detail)
    if found.get("type") not in (kind, TEXT):  # a text takes anything
        detail = f"is {found.get('type')}, needs {kind}. Map the column to another attribute."
        return SetupStep(field.name, "conflict", detail)
    return SetupStep(field.name, "exists", str(found.get("type")))
