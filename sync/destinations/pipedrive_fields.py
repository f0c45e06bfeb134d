"""The fields of Pipedrive persons: found by name, written by code, each in the form of its type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sync.answers import Answer
from sync.changes import Field, FieldType, SetupStep
from sync.errors import AccessRefused, Ambiguous, BatchRefused, DestinationError
from sync.http import HttpClient

FIELDS = "/personFields"
PAGE = "500"
PAGES = 20
# What a person has by itself and a sync may write; of somebody who is found these are left alone.
STANDARD: Mapping[str, frozenset[FieldType]] = {
    "name": frozenset({"string"}),
    "owner_id": frozenset({"integer"}),
    "org_id": frozenset({"integer"}),
}
NEW: Mapping[FieldType, str] = {
    "string": "text",
    "integer": "double",
    "number": "double",
    "boolean": "enum",
    "date": "date",
    "timestamp": "varchar",
}
TEXTS = frozenset({"varchar", "varchar_auto", "text", "phone"})
FITTING: Mapping[FieldType, frozenset[str]] = {
    "string": TEXTS | {"enum"},
    "integer": frozenset({"double"}),
    "number": frozenset({"double"}),
    "boolean": frozenset({"enum"}) | TEXTS,
    "date": frozenset({"date"}) | TEXTS,
    "timestamp": TEXTS,
}
NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,10})?", re.ASCII)
YES_NO = {"true": "Yes", "false": "No"}

Value = str | int | float | None
Item = Mapping[str, object]


@dataclass(frozen=True)
class PersonField:
    """A custom field. `options` are the ids of an option field by label, in lower case."""

    name: str
    code: str
    type: str
    options: Mapping[str, int] = field(default_factory=dict)

    def value(self, text: str | None) -> Value:
        """Give a value as the API takes it. Raises BatchRefused, without the value."""
        if text is None or text == "":
            return None
        if self.type == "double":
            if not NUMBER.fullmatch(text):
                raise BatchRefused(f"{self.name}: takes a number.", code="NOT_A_NUMBER")
            return float(text) if "." in text else int(text)
        if self.type == "enum":
            option = self.options.get(text.lower(), self.options.get(YES_NO.get(text, "").lower()))
            if option is None:
                raise BatchRefused(f"{self.name}: has no such option.", code="UNKNOWN_OPTION")
            return option
        return text


def read_fields(http: HttpClient) -> dict[str, list[PersonField]]:
    """Read the custom fields, by name; several may have the same."""
    found: dict[str, list[PersonField]] = {}
    for item in pages(http, FIELDS):
        if item.get("is_custom_field") is True:
            one = PersonField(
                str(item.get("field_name")),
                str(item.get("field_code")),
                str(item.get("field_type")),
                {
                    str(option.get("label")).lower(): number
                    for option in items(item.get("options"))
                    if isinstance(number := option.get("id"), int)
                },
            )
            found.setdefault(one.name, []).append(one)
    return found


def named(fields: Mapping[str, Sequence[PersonField]], name: str) -> PersonField:
    """Give the field of a name, or of a code. Raises AccessRefused where it is none, or several."""
    found = fields.get(name) or [
        one for many in fields.values() for one in many if one.code == name
    ]
    if len(found) == 1 and found[0].type in TEXTS | set(NEW.values()):
        return found[0]
    why = "there is no such field" if not found else f"is of type {found[0].type}"
    if len(found) > 1:
        why = "several fields have this name: map the code of one"
    raise AccessRefused(f"Pipedrive: {name}: {why}. `decile setup pipedrive` says more.")


def plan(http: HttpClient, fields: Sequence[Field]) -> list[SetupStep]:
    """Compare, without changing anything."""
    there = read_fields(http)
    codes = {one.code: [one] for many in there.values() for one in many}
    return [_step(field, there.get(field.name) or codes.get(field.name) or []) for field in fields]


def apply(http: HttpClient, fields: Sequence[Field]) -> list[SetupStep]:
    """Create what is missing, then look again."""
    steps = plan(http, fields)
    for step, wanted in zip(steps, fields, strict=True):
        if step.action == "create":
            body: dict[str, object] = {"field_name": wanted.name, "field_type": NEW[wanted.type]}
            if wanted.type == "boolean":
                body["options"] = [{"label": label} for label in YES_NO.values()]
            # A second try would make a second field.
            http.send("POST", FIELDS, body=body, idempotent=False)
    if any(step.action == "create" for step in steps):
        still = [step.name for step in plan(http, fields) if step.action == "create"]
        if still:
            raise DestinationError(
                f"Pipedrive took the fields {', '.join(still)} but does not list them. Run it"
                " again in a minute."
            )
    return steps


def _step(wanted: Field, found: Sequence[PersonField]) -> SetupStep:
    made = NEW[wanted.type]
    if wanted.name in STANDARD:
        fits = wanted.type in STANDARD[wanted.name]
        detail = "a field that every person has" if fits else f"takes no {wanted.type}"
        return SetupStep(wanted.name, "exists" if fits else "conflict", detail)
    if re.fullmatch(r"[0-9a-f]{40}", wanted.name) and not found:
        return SetupStep(wanted.name, "conflict", "there is no field of this code.")
    if not found:
        return SetupStep(wanted.name, "create", made)
    if len(found) > 1:
        codes = ", ".join(one.code for one in found)
        detail = f"several fields have this name: map the code of one instead ({codes})."
        return SetupStep(wanted.name, "conflict", detail)
    (one,) = found
    lacks = [label for label in YES_NO.values() if label.lower() not in one.options]
    if one.type not in FITTING[wanted.type]:
        detail = f"is {one.type}, needs {made}. Map the column to another field."
        return SetupStep(wanted.name, "conflict", detail)
    if wanted.type == "boolean" and one.type == "enum" and lacks:
        return SetupStep(wanted.name, "conflict", f"needs the options {', '.join(lacks)}.")
    return SetupStep(wanted.name, "exists", one.type)


def pages(http: HttpClient, path: str, query: Mapping[str, str] | None = None) -> Iterator[Item]:
    """Read a list, page by page."""
    asked = {"limit": PAGE, **(query or {})}
    for _ in range(PAGES):
        body = http.get(path, query=asked)
        yield from items(body.get("data"))
        more = body.get("additional_data")
        cursor = more.get("next_cursor") if isinstance(more, Mapping) else None
        if not isinstance(cursor, str):
            return
        asked["cursor"] = cursor


def items(value: object) -> list[Item]:
    """Give the objects of a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def id_of(answer: Answer) -> str:
    """Give the id of what was written. Raises Ambiguous where the answer has none."""
    body = answer.body or {}
    data = body.get("data")
    found = data.get("id") if isinstance(data, Mapping) else None
    if body.get("success") is not True or not isinstance(found, int):
        raise Ambiguous(f"{answer} without the id of a record.")
    return str(found)
