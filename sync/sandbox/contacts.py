"""Contacts: read one or many, update, upsert. A row that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sync.sandbox.replies import Refused, Reply, Request, multi_status, problem, row_error
from sync.sandbox.rules import GdprDelete, ReadBatch, Refusal, WriteBatch, WriteRow, refuse
from sync.sandbox.store import Contact, Store

NOT_FOUND = (
    "Could not get some CONTACT objects, they may be deleted or not exist."
    " Check that ids are valid."
)
DEFAULT_PROPERTIES = ("createdate", "email", "firstname", "lastmodifieddate", "lastname")

Error = dict[str, object]


def get(store: Store, request: Request, name: str) -> Reply:
    """Answer GET contacts/{id}, by record id or by a unique property."""
    contact = _find(store, name, request.query.get("idProperty"))
    if contact is None:
        return problem(404, "OBJECT_NOT_FOUND", "Object not found.")
    names = [part for part in request.query.get("properties", "").split(",") if part]
    return Reply(200, _record(contact, names or DEFAULT_PROPERTIES))


def read(store: Store, batch: ReadBatch) -> Reply:
    """Answer batch/read."""
    results, missing = [], []
    for row in batch.inputs:
        contact = _find(store, row.id, batch.idProperty)
        if contact is None:
            missing.append(row.id)
        else:
            results.append(_record(contact, batch.properties or DEFAULT_PROPERTIES))
    context = {"ids": missing}
    errors = [row_error("OBJECT_NOT_FOUND", NOT_FOUND, context=context)] if missing else []
    return multi_status(results, errors)


def write(store: Store, batch: WriteBatch, *, upsert: bool, failing: Mapping[str, str]) -> Reply:
    """Answer batch/update and batch/upsert. `failing`: the ids of rows to fail, and the code."""
    definitions = store.definitions("properties")
    _check_ids(batch.inputs, definitions, upsert=upsert)
    results, errors = [], []
    for row in batch.inputs:
        done = (
            row_error(failing[row.id], "The row was refused on request.", context=_context(row))
            if row.id in failing
            else _write_row(store, row, definitions, upsert=upsert)
        )
        if "context" not in done:
            results.append(done)
        elif row.objectWriteTraceId is None:
            raise Refused(
                problem(400, str(done["category"]), str(done["message"]), errors=_nested(done))
            )
        else:
            errors.append(done)
    return multi_status(results, errors)


def erase(store: Store, body: GdprDelete) -> Reply:
    """Answer gdpr-delete: the contact is gone for good. One that is not there is no mistake."""
    contact = _find(store, body.objectId, body.idProperty)
    if contact:
        store.erase(contact)
    return Reply(204, None)


def _check_ids(
    rows: Sequence[WriteRow], definitions: Mapping[str, Mapping[str, object]], *, upsert: bool
) -> None:
    names = {row.idProperty for row in rows}
    message = None
    if len({row.id for row in rows}) < len(rows):
        message = "Duplicate ids are not allowed in one batch."
    elif len(names) > 1:
        message = "All rows of a batch must have the same idProperty."
    elif upsert and names == {None}:
        message = "idProperty is required."
    elif any(name and not definitions.get(name, {}).get("hasUniqueValue") for name in names):
        message = "idProperty must be a property with unique values."
    if message:
        raise Refused(problem(400, "VALIDATION_ERROR", message))


def _write_row(
    store: Store,
    row: WriteRow,
    definitions: Mapping[str, Mapping[str, object]],
    *,
    upsert: bool,
) -> dict[str, object]:
    """Write one row; the answer is its result, or its error, which has a context."""
    refusals = [
        refusal
        for name, value in row.properties.items()
        if (refusal := refuse(name, value, definitions.get(name)))
    ]
    if refusals:
        message = "Property values were not valid: " + ", ".join(
            f"{refusal.name} {refusal.message}" for refusal in refusals
        )
        return row_error("VALIDATION_ERROR", message, context=_context(row), refusals=refusals)
    contact = _find(store, row.id, row.idProperty)
    if contact is None and not upsert:
        context = {"ids": [row.id], **_context(row)}
        return row_error("OBJECT_NOT_FOUND", NOT_FOUND, context=context)
    properties = dict(row.properties)
    if contact is None and row.idProperty:
        properties = {row.idProperty: row.id, **properties}
    taken = _taken(store, properties, contact)
    if taken:
        message = "Another contact has this value already."
        refusals = [Refusal("CONFLICTING_UNIQUE_VALUE", message, name) for name in taken]
        return row_error("CONFLICT", message, context=_context(row), refusals=refusals)
    written = store.write(contact, properties) if contact else store.create(properties)
    result = _record(written, properties)
    if upsert:
        result["new"] = contact is None
    return result | (
        {"objectWriteTraceId": row.objectWriteTraceId} if row.objectWriteTraceId else {}
    )


def _taken(store: Store, properties: Mapping[str, str], contact: Contact | None) -> list[str]:
    """Name the unique properties whose new value another contact has."""
    owners = {
        name: store.owner(name, properties[name])
        for name in sorted(store.unique_properties() & properties.keys())
        if properties[name]
    }
    return [
        name
        for name, owner in owners.items()
        if owner and (contact is None or owner.id != contact.id)
    ]


def _find(store: Store, name: str, id_property: str | None) -> Contact | None:
    return store.owner(id_property, name) if id_property else store.contact(name)


def _record(contact: Contact, names: Collection[str]) -> dict[str, object]:
    own = {
        "hs_object_id": str(contact.id),
        "createdate": contact.created_at,
        "lastmodifieddate": contact.updated_at,
    }
    asked = {name: contact.properties.get(name) for name in names if name not in own}
    return {
        "id": str(contact.id),
        "properties": asked | own,
        "createdAt": contact.created_at,
        "updatedAt": contact.updated_at,
        "archived": False,
    }


def _context(row: WriteRow) -> dict[str, list[str]]:
    return {"objectWriteTraceId": [row.objectWriteTraceId]} if row.objectWriteTraceId else {}


def _nested(error: Error) -> list[object]:
    nested = error.get("errors")
    return nested if isinstance(nested, list) else []
