"""The merge fields that an audience needs before anything can be written to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.changes import Field, FieldType, SetupStep
from sync.errors import DestinationError
from sync.http import HttpClient

ADDRESS = "email_address"
TAG = re.compile(r"[A-Z][A-Z0-9_]{0,9}")
PAGE = 1000

# The type of a new merge field; Mailchimp has none for a boolean or a moment.
KINDS: Mapping[FieldType, str] = {"integer": "number", "number": "number", "date": "date"}
TEXT = "text"

MergeField = Mapping[str, object]


def merge_fields(http: HttpClient, path: str) -> dict[str, MergeField]:
    """Read all merge fields of an audience, by tag. An audience has fewer than a page holds."""
    query = {"count": str(PAGE), "fields": "merge_fields.tag,merge_fields.type"}
    found = http.get(f"{path}/merge-fields", query=query).get("merge_fields")
    if not isinstance(found, list):
        raise DestinationError("Mailchimp does not say which merge fields the audience has.")
    return {str(item.get("tag")): item for item in found if isinstance(item, Mapping)}


def plan(http: HttpClient, path: str, fields: Sequence[Field]) -> list[SetupStep]:
    """Compare, without changing anything."""
    there = merge_fields(http, path)
    return [_step(field, there.get(field.name)) for field in fields]


def apply(http: HttpClient, path: str, fields: Sequence[Field]) -> list[SetupStep]:
    """Create what is missing."""
    steps = plan(http, path, fields)
    by_name = {field.name: field for field in fields}
    for step in steps:
        if step.action == "create":
            field = by_name[step.name]
            body = {
                "tag": field.name,
                "name": field.label[:50],
                "type": KINDS.get(field.type, TEXT),
                "public": False,
                "required": False,
            }
            # 400: it exists, for instance because an earlier answer was lost. We look again.
            http.send("POST", f"{path}/merge-fields", body=body, idempotent=True, accept={400})
    still = [step.name for step in plan(http, path, fields) if step.action == "create"]
    if still:
        raise DestinationError(
            f"Mailchimp did not make the merge fields {', '.join(still)}. An audience has a"
            " number of fields at most: take one away in Mailchimp, or map fewer."
        )
    return steps


def _step(field: Field, found: MergeField | None) -> SetupStep:
    kind = KINDS.get(field.type, TEXT)
    if field.name == ADDRESS:
        return SetupStep(field.name, "exists", "the address of the member")
    if not TAG.fullmatch(field.name):
        detail = "a tag is a capital, then capitals, digits and _, ten at most. Rename it."
        return SetupStep(field.name, "conflict", detail)
    if found is None:
        return SetupStep(field.name, "create", kind)
    if found.get("type") not in (kind, TEXT):  # a text takes anything
        detail = f"is {found.get('type')}, needs {kind}. Map the column to another merge field."
        return SetupStep(field.name, "conflict", detail)
    return SetupStep(field.name, "exists", str(found.get("type")))
