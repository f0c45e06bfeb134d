"""The records of the sandbox's Salesforce org: fields, what a value must be, writing a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sync.sandbox.replies import Refused, Reply
from sync.sandbox.store import Store

NAME = "salesforce"
PREFIXES = {"Lead": "00Q", "Contact": "003", "Task": "00T"}
REQUIRED = {"Lead": ("LastName", "Company"), "Contact": ("LastName",), "Task": ()}
STANDARD = {
    "Lead": "FirstName LastName Company Email Phone MobilePhone Title Status LeadSource Rating"
    " Website City State PostalCode Country Description",
    "Contact": "FirstName LastName Email Phone MobilePhone Title Department LeadSource MailingCity"
    " MailingState MailingPostalCode MailingCountry Description",
    "Task": "Subject Status Priority Description WhoId WhatId OwnerId",
}
# Metadata of a new field: what `describe` calls its type.
TYPES = {
    "Text": "string",
    "Number": "double",
    "Checkbox": "boolean",
    "Date": "date",
    "DateTime": "datetime",
    "LongTextArea": "textarea",
}
FIRST_NEW = 500_000_000

Record = dict[str, Any]
Definition = dict[str, Any]


def refusal(status: int, code: str, message: str) -> Reply:
    """Refuse a call as a whole, as Salesforce does: with a list."""
    return Reply(status, [{"message": message, "errorCode": code}])


def failed(code: str, message: str, *fields: str) -> Record:
    """Refuse one row."""
    error = {"statusCode": code, "message": message, "fields": list(fields)}
    return {"success": False, "errors": [error]}


def definitions(store: Store, object_: str) -> dict[str, Definition]:
    """Give the fields of an object, those that were made included, by name."""
    found = {
        name: {"name": name, "type": "string", "length": 255, "updateable": True}
        for name in STANDARD[object_].split()
    }
    found["CreatedDate"] = {"name": "CreatedDate", "type": "datetime", "updateable": False}
    if object_ == "Task":
        found["ActivityDate"] = {"name": "ActivityDate", "type": "date", "updateable": True}
    place = "Activity" if object_ == "Task" else object_
    for full, definition in store.held_of(NAME, "_field").items():
        owner, name = full.split(".")
        if owner == place:
            found[name] = definition
    return found


def make_field(store: Store, body: Mapping[str, Any]) -> Reply:
    """Answer POST tooling/sobjects/CustomField."""
    full, meta = str(body.get("FullName")), body.get("Metadata")
    match = re.fullmatch(r"(Lead|Contact|Activity)\.([A-Za-z]\w*__c)", full, re.ASCII)
    if set(body) != {"FullName", "Metadata"} or not match or not isinstance(meta, dict):
        return refusal(400, "INVALID_INPUT", "FullName and Metadata of a custom field are needed.")
    kind = TYPES.get(str(meta.get("type")))
    is_number = kind == "double"
    if kind is None or not meta.get("label") or len(meta["label"]) > 40:
        return refusal(400, "FIELD_INTEGRITY_EXCEPTION", "type or label is wrong.")
    if is_number != ("precision" in meta) or (kind == "string") != ("length" in meta):
        return refusal(400, "FIELD_INTEGRITY_EXCEPTION", "The size does not go with the type.")
    if store.held(NAME, "_field", full):
        return refusal(400, "DUPLICATE_DEVELOPER_NAME", "There is already a field of this name.")
    definition = {
        "name": match[2],
        "type": kind,
        "updateable": True,
        "length": meta.get("length", 0),
        "digits": meta.get("precision", 0) - meta.get("scale", 0),
        "externalId": meta.get("externalId", False),
        "unique": meta.get("unique", False),
    }
    store.keep(NAME, "_field", full, definition)
    return Reply(201, {"id": f"00N{len(store.held_of(NAME, '_field')):015d}", "success": True})


def check_names(given: Mapping[str, Any], known: Mapping[str, Definition], object_: str) -> None:
    """Refuse the whole call for a field that the object does not have."""
    for name in given:
        if not known.get(name, {}).get("updateable"):
            message = f"No such column '{name}' on sobject of type {object_}"
            raise Refused(refusal(400, "INVALID_FIELD", message))


def check_types(given: Mapping[str, Any], known: Mapping[str, Definition]) -> None:
    """Refuse the whole call for a JSON value of another type than the field has."""
    for name, value in given.items():
        kind = known[name]["type"]
        takes = {"double": (int, float), "boolean": (bool,)}.get(kind, (str,))
        is_fit = isinstance(value, takes) and isinstance(value, bool) == (kind == "boolean")
        if value is not None and not is_fit:
            message = f"Cannot deserialize instance of {kind} from the value {value}"
            raise Refused(refusal(400, "JSON_PARSER_ERROR", message))


def wrong_value(given: Mapping[str, Any], known: Mapping[str, Definition]) -> Record | None:
    """Refuse a row for one of its values; the message repeats it, as Salesforce's does."""
    for name, value in given.items():
        definition, kind = known[name], known[name]["type"]
        if kind == "boolean" and value is None:
            return failed("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{name}: not a boolean", name)
        if value in (None, ""):
            continue
        if kind == "string" and len(value.strip()) > definition["length"]:
            return failed("STRING_TOO_LONG", f"{name}: data value too large: {value}", name)
        if kind == "double" and abs(value) >= 10 ** definition["digits"]:
            return failed("NUMBER_OUTSIDE_VALID_RANGE", f"{name}: {value} is too large", name)
        if kind in ("date", "datetime") and not _is_time(value, kind):
            return failed("INVALID_FIELD", f"{name}: {value} is not a valid {kind}", name)
    return None


def _is_time(value: str, kind: str) -> bool:
    try:
        if kind == "date":
            return str(date.fromisoformat(value)) == value
        return "T" in value and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def find(store: Store, object_: str, record_id: str) -> tuple[str, Record] | None:
    """Give a record with its long id: one that was written, or one that was there before."""
    short = record_id[:15]
    if not re.fullmatch(r"[a-zA-Z0-9]{15}([A-Z0-9]{3})?", record_id):
        return None
    long = f"{short}AAA"
    if short[:3] != PREFIXES[object_] or store.held(NAME, "_deleted", long):
        return None
    held = store.held(NAME, object_, long)
    number = short[3:].lstrip("0")
    if held is None and not (number.isdigit() and store.contact(number)):
        return None
    return long, held or {}


def find_by_key(store: Store, object_: str, name: str, value: str) -> tuple[str, Record] | None:
    """Give the record that has a value of an external id."""
    owner = store.held(NAME, "_key", f"{object_} {name} {value.lower()}")
    return find(store, object_, owner["id"]) if owner else None


def write(store: Store, object_: str, record_id: str | None, given: Mapping[str, Any]) -> Record:
    """Write one record, a new one where there is no id; give its result."""
    known = definitions(store, object_)
    if wrong := wrong_value(given, known):
        return wrong
    found = find(store, object_, record_id) if record_id else None
    if record_id and found is None:
        return failed("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    before = found[1] if found else {}
    cleaned = {
        name: (value.strip() or None) if isinstance(value, str) else value
        for name, value in given.items()
    }
    after = {**before, **cleaned}
    missing = [
        name
        for name in REQUIRED[object_]
        if after.get(name) is None and (not found or name in given)
    ]
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        return failed("REQUIRED_FIELD_MISSING", message, *missing)
    written = found[0] if found else _new_id(store, object_)
    if taken := _take_keys(store, object_, written, cleaned, known):
        return failed("DUPLICATE_VALUE", f"duplicate value found: {taken}", taken)
    store.keep(NAME, object_, written, after)
    return {"id": written, "success": True, "errors": [], "created": found is None}


def _take_keys(
    store: Store, object_: str, record_id: str, given: Record, known: Mapping[str, Definition]
) -> str | None:
    """Note the external ids of a record; give the name of one that another record has."""
    for name, value in given.items():
        if known[name].get("externalId") and value is not None:
            owner = find_by_key(store, object_, name, value)
            if owner and owner[0] != record_id:
                return name
            store.keep(NAME, "_key", f"{object_} {name} {value.lower()}", {"id": record_id})
    return None


def _new_id(store: Store, object_: str) -> str:
    last = (store.held(NAME, "_number", "last") or {"last": FIRST_NEW})["last"] + 1
    store.keep(NAME, "_number", "last", {"last": last})
    return f"{PREFIXES[object_]}{last:012d}AAA"


def delete(store: Store, record_id: str) -> Record:
    """Move a record to the recycle bin."""
    object_ = next((name for name, start in PREFIXES.items() if record_id[:3] == start), None)
    found = find(store, object_, record_id) if object_ else None
    if object_ is None or found is None:
        return failed("ENTITY_IS_DELETED", "entity is deleted")
    store.let_go(NAME, object_, found[0])
    store.keep(NAME, "_deleted", found[0], {"gone": True})
    return {"id": found[0], "success": True, "errors": []}
