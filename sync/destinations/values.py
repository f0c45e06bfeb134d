"""A planned text as the JSON value it stands for, for APIs that take more than text."""

from __future__ import annotations

from decimal import Decimal

from sync.changes import Change, FieldType

Value = str | int | float | bool | None


def value(text: str | None, kind: FieldType) -> Value:
    """Give a number or a boolean where the field is one, else the text."""
    if text is None or kind not in {"integer", "number", "boolean"}:
        return text
    if kind == "boolean":
        return text == "true"
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def values(change: Change) -> dict[str, Value]:
    """Give all fields of a change."""
    return {
        name: value(text, change.types.get(name, "string")) for name, text in change.fields.items()
    }
