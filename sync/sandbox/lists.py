"""Lists of contacts: look up, create, add members and remove them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import Field

from sync.sandbox.replies import Reply, Request, no_such_method, problem
from sync.sandbox.rules import Strict, Text, parse
from sync.sandbox.store import Store

SERVICE, LIST, MEMBER = "hubspot", "list", "list_member"
Ids = Annotated[list[Text], Field(max_length=100_000)]


class NewList(Strict):
    """The body that creates a list."""

    name: Text
    objectTypeId: Literal["0-1"]
    processingType: Literal["MANUAL", "SNAPSHOT", "DYNAMIC"]


class Memberships(Strict):
    """The body of memberships/add-and-remove."""

    recordIdsToAdd: Ids
    recordIdsToRemove: Ids


def answer(store: Store, request: Request, rest: str, failing: Collection[str]) -> Reply:
    """Answer what is asked of lists. `failing`: members that are to be taken for missing."""
    match request.method, rest.split("/"):
        case "POST", [""]:
            return _create(store, parse(NewList, request.body))
        case "GET", ["object-type-id", "0-1", "name", name]:
            wanted = unquote(name).lower()
            held = store.held_of(SERVICE, LIST).values()
            return _shown(next((one for one in held if one["name"].lower() == wanted), None))
        case "GET", [list_id]:
            return _shown(store.held(SERVICE, LIST, list_id))
        case "PUT", [list_id, "memberships", "add-and-remove"]:
            found = store.held(SERVICE, LIST, list_id)
            if found is None:
                return _shown(None)
            if found["processingType"] == "DYNAMIC":
                return problem(400, "VALIDATION_ERROR", "The list is filled by a filter.")
            return _change(store, list_id, parse(Memberships, request.body), failing)
    return no_such_method()


def _create(store: Store, new: NewList) -> Reply:
    held = store.held_of(SERVICE, LIST)
    if any(one["name"].lower() == new.name.lower() for one in held.values()):
        return problem(400, "VALIDATION_ERROR", "A list of this name exists.")
    made = {"listId": str(len(held) + 1), **new.model_dump()}
    store.keep(SERVICE, LIST, made["listId"], made)
    return _shown(made)


def _shown(found: object) -> Reply:
    if found is None:
        return problem(404, "OBJECT_NOT_FOUND", "There is no such list.")
    return Reply(200, {"list": found})


def _change(store: Store, list_id: str, body: Memberships, failing: Collection[str]) -> Reply:
    added, removed, missing = [], [], []
    for record_id in body.recordIdsToAdd:
        name = f"{list_id} {record_id}"
        if record_id in failing or store.contact(record_id) is None:
            missing.append(record_id)
        elif store.held(SERVICE, MEMBER, name) is None:
            store.keep(SERVICE, MEMBER, name, {"list": list_id, "record": record_id})
            added.append(record_id)
    for record_id in body.recordIdsToRemove:
        if store.contact(record_id) is None:
            missing.append(record_id)
        elif store.let_go(SERVICE, MEMBER, f"{list_id} {record_id}"):
            removed.append(record_id)
    told = {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing}
    return Reply(200, told)
