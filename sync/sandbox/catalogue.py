"""What a HubSpot account has before anyone adds to it, and how an export maps onto it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

PREFIX = "property_"
OURS = "decile_"
GROUP = "contactinformation"

# Built-in properties that are not plain text: type, fieldType.
KINDS: Mapping[str, tuple[str, str]] = {
    "createdate": ("datetime", "date"),
    "lastmodifieddate": ("datetime", "date"),
    "hs_object_id": ("number", "number"),
    "associatedcompanyid": ("number", "number"),
    "hs_email_optout": ("bool", "booleancheckbox"),
    "lifecyclestage": ("enumeration", "radio"),
    "hs_lead_status": ("enumeration", "radio"),
}
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "hs_email_optout": ("true", "false"),
    "lifecyclestage": (
        "subscriber",
        "lead",
        "marketingqualifiedlead",
        "salesqualifiedlead",
        "opportunity",
        "customer",
        "evangelist",
        "other",
    ),
    "hs_lead_status": (
        "NEW",
        "OPEN",
        "IN_PROGRESS",
        "OPEN_DEAL",
        "UNQUALIFIED",
        "ATTEMPTED_TO_CONTACT",
        "CONNECTED",
        "BAD_TIMING",
    ),
}
READ_ONLY = frozenset({"createdate", "lastmodifieddate", "hs_object_id"})
ALWAYS = (
    "email",
    "firstname",
    "lastname",
    "phone",
    "mobilephone",
    "company",
    "jobtitle",
    "website",
    "address",
    "city",
    "zip",
    "state",
    "country",
)


def properties() -> Iterator[dict[str, object]]:
    """Give the definitions of the built-in properties."""
    for name in (*ALWAYS, *KINDS):
        yield definition_of(name)


def groups() -> Iterator[dict[str, object]]:
    """Give the groups that exist from the start."""
    yield {
        "name": GROUP,
        "label": "Contact information",
        "displayOrder": 0,
        "archived": False,
    }


def definition_of(name: str) -> dict[str, object]:
    """Define a property that this account has by itself; plain text unless known better."""
    type_, field_type = KINDS.get(name, ("string", "text"))
    return {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "description": "",
        "groupName": GROUP,
        "type": type_,
        "fieldType": field_type,
        "hasUniqueValue": name == "email",
        "options": [
            {"label": value, "value": value, "displayOrder": order, "hidden": False}
            for order, value in enumerate(OPTIONS.get(name, ()))
        ],
        "formField": False,
        "hidden": False,
        "displayOrder": -1,
        "archived": False,
        "modificationMetadata": {"readOnlyValue": name in READ_ONLY},
    }


def property_of_column(column: str) -> dict[str, object] | None:
    """Define the property behind a column of an export; None where there is none.

    What Decile writes is not there until `decile setup` makes it, as in a real account.
    """
    name = column.removeprefix(PREFIX)
    return None if name == column or name.startswith(OURS) else definition_of(name)


def contact_of_row(row: Mapping[str, str]) -> dict[str, str]:
    """Give the properties of one row of an export; empty cells are absent."""
    named = {
        column.removeprefix(PREFIX): value
        for column, value in row.items()
        if value and property_of_column(column)
    }
    return {
        name: _moment(value) if KINDS.get(name, ("",))[0] == "datetime" else value
        for name, value in named.items()
    }


def _moment(text: str) -> str:
    """Turn the export's `2026-07-01 00:00:00` (UTC) into HubSpot's `2026-07-01T00:00:00Z`."""
    moment = text.strip().replace(" ", "T", 1)
    return moment if moment.endswith("Z") or "+" in moment else f"{moment}Z"


def comparable(name: str, value: str) -> str:
    """Give the text by which two values of a unique property are the same."""
    return value.strip().lower() if name == "email" else value
