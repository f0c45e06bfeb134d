"""The static lists of Marketo: looked up by name or id, with leads put on and taken off.

Every name that is asked for is that of a list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sync.sandbox.store import Store

SERVICE, LIST, MEMBER = "marketo", "lists", "list_members"
LISTS = "/marketo/rest/v1/lists.json"
PATH = re.compile(r"/marketo/rest/v1/lists/(\d{1,9})/leads\.json")


def found(store: Store, query: Mapping[str, str]) -> list[dict[str, object]]:
    """Give the lists of a name, or the one of an id."""
    if number := query.get("id"):
        one = store.held(SERVICE, LIST, number)
        return [one] if one else []
    held = store.held_of(SERVICE, LIST)
    name = query.get("name", "")
    named: list[dict[str, object]] = [one for one in held.values() if one["name"] == name]
    if name and not named:
        named = [{"id": 1001 + len(held), "name": name}]
        store.keep(SERVICE, LIST, str(named[0]["id"]), named[0])
    return named


def is_there(store: Store, list_: int) -> bool:
    """Tell whether there is a list of this id."""
    return store.held(SERVICE, LIST, str(list_)) is not None


def add(store: Store, list_: int, lead: int) -> None:
    """Put a lead on a list."""
    store.keep(SERVICE, MEMBER, f"{list_}/{lead}", {"list": list_, "lead": lead})


def remove(store: Store, list_: int, lead: int) -> bool:
    """Take a lead off, and tell whether it was on the list."""
    return bool(store.let_go(SERVICE, MEMBER, f"{list_}/{lead}"))
