"""Properties and their groups: list, look up, create."""

from __future__ import annotations

from typing import Literal

from sync.sandbox.catalogue import definition_of
from sync.sandbox.replies import Reply, problem
from sync.sandbox.rules import NewGroup, NewProperty
from sync.sandbox.store import Store

Table = Literal["properties", "groups"]


def list_all(store: Store, table: Table) -> Reply:
    """Answer GET properties or groups."""
    return Reply(200, {"results": list(store.definitions(table).values())})


def get(store: Store, table: Table, name: str) -> Reply:
    """Answer GET of one property or group."""
    definition = store.definitions(table).get(name)
    if definition is None:
        return problem(404, "OBJECT_NOT_FOUND", "There is none of this name.")
    return Reply(200, definition)


def create_group(store: Store, new: NewGroup) -> Reply:
    """Answer POST groups."""
    if new.name in store.definitions("groups"):
        return problem(409, "OBJECT_ALREADY_EXISTS", "A group of this name exists.")
    definition = new.model_dump() | {"archived": False}
    store.define("groups", definition)
    return Reply(201, definition)


def create_property(store: Store, new: NewProperty) -> Reply:
    """Answer POST properties."""
    if new.name in store.definitions("properties"):
        return problem(409, "OBJECT_ALREADY_EXISTS", "A property of this name exists.")
    fault = new.problem()
    if fault is None and new.groupName not in store.definitions("groups"):
        fault = "the group does not exist"
    if fault:
        return problem(400, "VALIDATION_ERROR", f"Invalid property: {fault}.")
    definition = definition_of(new.name) | new.model_dump()
    store.define("properties", definition)
    return Reply(201, definition)
