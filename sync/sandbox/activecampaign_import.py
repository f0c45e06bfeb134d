"""ActiveCampaign's bulk import in the sandbox: all rows or none, and who is not there is made."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any

from pydantic import Field, ValidationError

from sync.sandbox.people import People, next_id
from sync.sandbox.replies import Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, parse
from sync.sandbox.store import Store

SERVICE = "activecampaign"
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
LONGEST = 10_000
LARGEST = 400_000


class ImportedValue(Strict):
    """A value of a custom field in an import."""

    id: int
    value: Text


class ImportedContact(Strict):
    """A row of an import; what it leaves out stays as it is."""

    email: Text
    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    fields: list[ImportedValue] = []


class Import(Strict):
    """The body of import/bulk_import."""

    contacts: Annotated[list[ImportedContact], Field(min_length=1, max_length=250)]


def imported_rows(request: Request, people: People) -> list[WriteRow]:
    """Give the contacts of an import, by id or address."""
    with suppress(ValidationError):
        addresses = [one.email for one in parse(Import, request.body).contacts]
        names = [people.id_of(address) or address for address in addresses]
        return [WriteRow(id=name, properties={}) for name in names]
    return []


def import_all(
    store: Store, request: Request, rows: Sequence[WriteRow], refused: Collection[str]
) -> Reply:
    """Write all rows or none; `rows` has the name of each. Raises ValidationError."""
    contacts = parse(Import, request.body).contacts
    tags = store.held_of(SERVICE, "_fields")
    reasons = [
        {"contact": place, "failureReason": why}
        for place, (one, row) in enumerate(zip(contacts, rows, strict=True))
        if (why := _problem(one, tags, is_refused=row.id in refused))
    ]
    if len(request.body) > LARGEST or reasons:
        body = {"success": 0, "message": "The import failed.", "failureReasons": reasons}
        return Reply(400, body)
    held = store.held_of(SERVICE, "contacts")
    there = {contact["email"]: name for name, contact in held.items()}
    following = itertools.count(next_id(store, SERVICE))
    for one, row in zip(contacts, rows, strict=True):
        # Of the first records is who still has the address, and is there.
        is_first = row.id != one.email and row.id not in held
        is_first = is_first and not store.held(SERVICE, "_erased", row.id)
        name = there.get(one.email) or (row.id if is_first else "")
        if not name:
            name = str(next(following))
        store.keep(SERVICE, "contacts", name, held.get(name, {}) | _values(one, tags))
    queued = {"Success": 1, "queued_contacts": len(contacts), "batchId": secrets.token_hex(8)}
    return Reply(200, queued | {"message": "Contact import queued"})


def _values(one: ImportedContact, tags: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    own = {"firstName": one.first_name, "lastName": one.last_name, "phone": one.phone}
    given = {name: value for name, value in own.items() if value}
    return {
        "email": one.email,
        **given,
        **{tags[str(value.id)]["perstag"]: value.value for value in one.fields},
    }


def _problem(one: ImportedContact, tags: Mapping[str, object], *, is_refused: bool) -> str | None:
    """Say why a row is refused. As ActiveCampaign may do it: a value is part of the words."""
    if is_refused:
        return "The row was refused on request."
    if not ADDRESS.fullmatch(one.email):
        return f"{one.email} is not valid."
    if any(str(value.id) not in tags for value in one.fields):
        return "A field does not exist."
    long = [value.value for value in one.fields if len(value.value) > LONGEST]
    return f"{long[0][:50]} is too long." if long else None
