"""The fields that Marketo leads need before anything can be written to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.changes import Field, FieldType, SetupStep
from sync.destinations.marketo_answers import Item, items
from sync.errors import DestinationError
from sync.http import HttpClient

FIELDS = "/rest/v1/leads/schema/fields.json"
PAGE = 300
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}")
# Fields that say who may be mailed: a score does not subscribe anybody.
GUARDED = frozenset({"unsubscribed", "unsubscribedReason", "marketingSuspended", "blackListed"})
# The type of a new field, then the others that take the same values.
TYPES: Mapping[FieldType, tuple[str, ...]] = {
    "string": ("string", "text", "email", "phone", "url"),
    "integer": ("integer", "score", "float", "currency", "percent"),
    "number": ("float", "currency"),
    "boolean": ("boolean",),
    "date": ("date",),
    "timestamp": ("datetime",),
}


def by_name(http: HttpClient) -> dict[str, Item]:
    """Read all fields, page by page."""
    found: dict[str, Item] = {}
    query = {"batchSize": str(PAGE)}
    while True:
        answer = http.get(FIELDS, query=query)
        found |= {str(item.get("name")): item for item in items(answer, "result")}
        following = answer.get("nextPageToken")
        if not following or following == query.get("nextPageToken"):
            return found
        query = {"batchSize": str(PAGE), "nextPageToken": str(following)}


def plan(http: HttpClient, fields: Sequence[Field], *, lookup_field: str) -> list[SetupStep]:
    """Compare, without changing anything."""
    found = by_name(http)
    return [_step(field, found.get(field.name)) for field in _needs(fields, lookup_field)]


def apply(http: HttpClient, fields: Sequence[Field], *, lookup_field: str) -> list[SetupStep]:
    """Create what is missing, then look again: what was created has to be there."""
    steps = plan(http, fields, lookup_field=lookup_field)
    missing = {step.name for step in steps if step.action == "create"}
    new = [_definition(one) for one in _needs(fields, lookup_field) if one.name in missing]
    if not new:
        return steps
    # A field that is there by now is skipped: safe to repeat, and the look afterwards tells.
    http.post(FIELDS, {"input": new}, idempotent=True)
    still = sorted(missing - by_name(http).keys())
    if still:
        raise DestinationError(
            f"Marketo did not create the fields {', '.join(still)}. Create them in Admin > Field"
            " Management."
        )
    return steps


def _needs(fields: Sequence[Field], lookup_field: str) -> list[Field]:
    key = Field("", lookup_field, "string", "Decile contact id", "Decile finds the lead by it.")
    return list({field.name: field for field in (key, *fields)}.values())


def _step(field: Field, found: Item | None) -> SetupStep:
    fitting = TYPES[field.type]
    if not NAME.fullmatch(field.name):
        detail = "Marketo names are a letter, then letters, digits and _. Rename it."
        return SetupStep(field.name, "conflict", detail)
    if field.name in GUARDED:
        detail = "says who may be mailed: a sync does not write it. Take it out of the mapping."
        return SetupStep(field.name, "conflict", detail)
    if found is None:
        return SetupStep(field.name, "create", f"{fitting[0]}, and cannot be deleted by the API")
    has = str(found.get("dataType"))
    if has not in fitting:
        detail = f"is {has}, needs {fitting[0]}. Map the column to another field."
        return SetupStep(field.name, "conflict", detail)
    return SetupStep(field.name, "exists", has)


def _definition(field: Field) -> dict[str, object]:
    return {
        "displayName": " ".join(re.findall(r"\w+", field.label)),  # no other signs are taken
        "name": field.name,
        "description": field.description,
        "dataType": TYPES[field.type][0],
    }
