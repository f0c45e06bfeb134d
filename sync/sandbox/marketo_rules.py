"""What Marketo takes: the shape of a body, and the value of a field."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from sync.sandbox.rules import Strict, Text

MAX_BATCH, MAX_STRING = 300, 255

Lead = dict[str, JsonValue]


class Sync(Strict):
    """The body that writes leads."""

    action: Literal["createOnly", "updateOnly", "createOrUpdate", "createDuplicate"]
    lookupField: Text = "email"
    partitionName: Text | None = None
    input: Annotated[list[Lead], Field(min_length=1, max_length=MAX_BATCH)]


class LeadId(Strict):
    """One lead to delete."""

    id: int


class Leads(Strict):
    """The body that deletes leads, or puts them on a list or takes them off."""

    input: Annotated[list[LeadId], Field(min_length=1, max_length=MAX_BATCH)]


class NewField(Strict):
    """One field to create."""

    displayName: Annotated[str, Field(pattern=r"^[\w ]+$")]
    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
    dataType: Literal[
        "boolean", "currency", "date", "datetime", "email", "float", "integer", "percent",
        "phone", "score", "string", "url",
    ]  # fmt: skip
    description: str = ""


class NewFields(Strict):
    """The body that creates fields."""

    input: Annotated[list[NewField], Field(min_length=1)]


def misfit(kind: str, value: JsonValue) -> str | None:
    """Give the code with which a value is refused."""
    if value is None:
        return None
    if kind == "boolean":
        return None if isinstance(value, bool) else "1001"
    if kind in {"integer", "score", "float", "currency", "percent"}:
        fits = isinstance(value, int | (int if kind in {"integer", "score"} else float))
        return None if fits and not isinstance(value, bool) else "1001"
    if not isinstance(value, str):
        return "1001"
    if kind in {"date", "datetime"}:
        return None if _is_time(kind, value) else "1001"
    return None if len(value) <= MAX_STRING else "1077"


def _is_time(kind: str, value: str) -> bool:
    pattern = r"\d{4}-\d\d-\d\d" + (r"T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)" if kind != "date" else "")
    try:
        (date if kind == "date" else datetime).fromisoformat(value)
    except ValueError:
        return False
    return re.fullmatch(pattern, value) is not None
