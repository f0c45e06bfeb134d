"""The custom fields that ActiveCampaign contacts need before anything can be written to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.changes import Field, FieldType, SetupStep
from sync.errors import DestinationError
from sync.http import HttpClient

ADDRESS = "email"
STANDARD = frozenset({ADDRESS, "firstName", "lastName", "phone"})
TAG = re.compile(r"[A-Z][A-Z0-9_]{0,49}")
PAGE = 100

# The type of a new field. Contacts have none for a number.
KINDS: Mapping[FieldType, str] = {"date": "date", "timestamp": "datetime"}
TEXT = "text"
TAKES_ANYTHING = ("text", "textarea", "hidden")

CustomField = Mapping[str, object]


def custom_fields(http: HttpClient) -> dict[str, CustomField]:
    """Read all custom fields, by personalisation tag without its percent signs."""
    found: list[CustomField] = []
    while True:
        query = {"limit": str(PAGE), "offset": str(len(found))}
        page = http.get("/fields", query=query).get("fields")
        if not isinstance(page, list):
            raise DestinationError("ActiveCampaign does not say which fields contacts have.")
        found += [item for item in page if isinstance(item, Mapping)]
        if len(page) < PAGE:
            return {str(item.get("perstag")).strip("%"): item for item in found}


def plan(http: HttpClient, fields: Sequence[Field]) -> list[SetupStep]:
    """Compare, without changing anything."""
    there = custom_fields(http)
    return [_step(field, there.get(field.name)) for field in fields]


def apply(http: HttpClient, fields: Sequence[Field]) -> list[SetupStep]:
    """Create what is missing."""
    steps = plan(http, fields)
    by_name = {field.name: field for field in fields}
    for step in steps:
        if step.action == "create":
            _create(http, by_name[step.name])
    still = [step.name for step in plan(http, fields) if step.action == "create"]
    if still:
        raise DestinationError(
            f"ActiveCampaign made the fields {', '.join(still)} under another tag. Look at them in"
            " ActiveCampaign (Contacts > Fields), and map the columns to the tags there."
        )
    return steps


def _create(http: HttpClient, field: Field) -> None:
    definition = {
        "title": field.label,
        "descript": field.description,
        "type": KINDS.get(field.type, TEXT),
        "perstag": field.name,
        "visible": 1,
    }
    # Not to be repeated blindly: there would be two. The next setup finds the one that was made.
    made = http.post("/fields", {"field": definition}, idempotent=False).get("field")
    name = made.get("id") if isinstance(made, Mapping) else None
    if not isinstance(name, (str, int)):
        raise DestinationError("ActiveCampaign does not say which field it made.")
    # Without it the field is on no list, and nobody sees it. 0 stands for all lists.
    http.post("/fieldRels", {"fieldRel": {"field": str(name), "relid": 0}}, idempotent=True)


def _step(field: Field, found: CustomField | None) -> SetupStep:
    kind = KINDS.get(field.type, TEXT)
    if field.name in STANDARD:
        return SetupStep(field.name, "exists", "every contact has it")
    if not TAG.fullmatch(field.name):
        own = ", ".join(sorted(STANDARD))
        detail = f"a tag is a capital, then capitals, digits and _. Rename it, or use {own}."
        return SetupStep(field.name, "conflict", detail)
    if found is None:
        return SetupStep(field.name, "create", kind)
    if found.get("type") not in (kind, *TAKES_ANYTHING):
        detail = f"is {found.get('type')}, needs {kind}. Map the column to another field."
        return SetupStep(field.name, "conflict", detail)
    return SetupStep(field.name, "exists", str(found.get("type")))
