"""What HubSpot refuses: the shape of a request, and the value of a property."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MAX_BATCH = 100
MAX_TEXT = 65_536

# Which fieldTypes fit a type.
FITTING: Mapping[str, frozenset[str]] = {
    "bool": frozenset({"booleancheckbox", "calculation_equation"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date"}),
    "enumeration": frozenset({"booleancheckbox", "checkbox", "radio", "select"}),
    "number": frozenset({"number", "calculation_equation"}),
    "phone_number": frozenset({"phonenumber"}),
    "string": frozenset({"file", "html", "phonenumber", "text", "textarea"}),
}

Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")]


class Strict(BaseModel):
    """Takes what it knows, of the type it says, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)


Body = TypeVar("Body", bound=Strict)


class WriteRow(Strict):
    """One row of batch/update or batch/upsert."""

    id: Text
    properties: dict[str, str]
    idProperty: Text | None = None
    objectWriteTraceId: Text | None = None


class WriteBatch(Strict):
    """The body of batch/update and batch/upsert."""

    inputs: Annotated[list[WriteRow], Field(min_length=1, max_length=MAX_BATCH)]


class GdprDelete(Strict):
    """The body of gdpr-delete."""

    objectId: Text
    idProperty: Literal["email"] | None = None


class ReadRow(Strict):
    """One row of batch/read."""

    id: Text


class ReadBatch(Strict):
    """The body of batch/read."""

    inputs: Annotated[list[ReadRow], Field(min_length=1, max_length=MAX_BATCH)]
    properties: list[str] = []
    propertiesWithHistory: list[str] = []
    idProperty: Text | None = None


class NewGroup(Strict):
    """The body that creates a group of properties."""

    name: Name
    label: Text
    displayOrder: int = -1


class Option(Strict):
    """One of the values that an enumeration or a checkbox can have."""

    label: Text
    value: Text
    displayOrder: int = -1
    hidden: bool = False
    description: str = ""


class NewProperty(Strict):
    """The body that creates a property."""

    name: Name
    label: Text
    groupName: Text
    type: str
    fieldType: str
    hasUniqueValue: bool = False
    options: list[Option] = []
    description: str = ""
    formField: bool = False
    hidden: bool = False
    displayOrder: int = -1

    def problem(self) -> str | None:
        """Say what does not go together."""
        if self.fieldType not in FITTING.get(self.type, frozenset()):
            return "type and fieldType do not fit each other"
        values = [option.value for option in self.options]
        if self.type == "bool" and sorted(values) != ["false", "true"]:
            return "a bool needs the options true and false"
        if self.type == "enumeration" and (not values or len(set(values)) < len(values)):
            return "an enumeration needs options, each value once"
        if self.type not in {"bool", "enumeration"} and values:
            return "only bool and enumeration have options"
        if self.hasUniqueValue and self.type not in {"string", "number"}:
            return "only string and number can be unique"
        return None


@dataclass(frozen=True)
class Refusal:
    """Why a value is refused, in HubSpot's words: a code, a message, the property."""

    code: str
    message: str
    name: str


def parse(model: type[Body], body: bytes) -> Body:
    """Read a body. Raises ValidationError."""
    return model.model_validate_json(body)


def explain(error: ValidationError) -> str:
    """Say where a body is wrong and how, without its values."""
    mistakes = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(str(part) for part in mistake['loc'])}: {mistake['msg']}"
        for mistake in mistakes[:5]
    )


def refuse(name: str, value: str, definition: Mapping[str, Any] | None) -> Refusal | None:
    """Say why a property cannot take a value; an empty text clears and is always taken."""
    if definition is None:
        return Refusal("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist', name)
    if definition.get("modificationMetadata", {}).get("readOnlyValue"):
        return Refusal("READ_ONLY_VALUE", f'"{name}" is a read only property.', name)
    if value == "":
        return None
    if name == "email" and not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@.]+", value):
        return Refusal("INVALID_EMAIL", f"Email address {value} is invalid", name)
    kind = str(definition["type"])
    code = _wrong_type(kind, value, [option["value"] for option in definition["options"]])
    # As HubSpot does it: the value is part of the message.
    return Refusal(code, f"{value} was not a valid {kind}.", name) if code else None


def _wrong_type(kind: str, value: str, options: list[str]) -> str | None:
    if kind == "number" and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", value):
        return "INVALID_INTEGER"
    if kind == "bool" and value not in {"true", "false"}:
        return "INVALID_BOOLEAN"
    if kind == "enumeration" and value not in options:
        return "INVALID_OPTION"
    if kind == "datetime" and not _is_datetime(value):
        return "INVALID_LONG"
    if kind == "date" and not _is_date(value):
        return "INVALID_DATE"
    if kind == "string" and len(value) > MAX_TEXT:
        return "PROPERTY_VALUE_TOO_LONG"
    return None


def _is_datetime(value: str) -> bool:
    """Milliseconds since 1970, or ISO 8601 with a zone."""
    if re.fullmatch(r"-?[0-9]{1,15}", value):
        return True
    try:
        return "T" in value and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_date(value: str) -> bool:
    """Milliseconds of a midnight in UTC, or YYYY-MM-DD."""
    if re.fullmatch(r"-?[0-9]{1,15}", value) and len(value) > 8:
        return int(value) % 86_400_000 == 0
    try:
        return bool(re.fullmatch(r"[0-9-]{10}", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False
