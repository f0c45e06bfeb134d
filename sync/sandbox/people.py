"""The people that the e-mail tools of the sandbox know from the start: the first records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from sync.sandbox.faults import Fault
from sync.sandbox.rules import WriteRow
from sync.sandbox.store import Store

Item = TypeVar("Item")
# The id of the first contact that is new: the first records have smaller ones.
FIRST_NEW = 1_000_001


def member_id(address: str) -> str:
    """Give the MD5 by which Mailchimp knows an address."""
    return hashlib.md5(address.strip().lower().encode(), usedforsecurity=False).hexdigest()


def next_id(store: Store, service: str) -> int:
    """Give the id of the next new contact; that of one who was deleted is never given again."""
    names = [*store.held_of(service, "contacts"), *store.held_of(service, "_erased")]
    return max([*map(int, names), FIRST_NEW - 1]) + 1


class People:
    """Who is in the first records, by id, address and member id."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._addresses: dict[str, str] | None = None

    def by_member_id(self, name: str) -> str | None:
        """Give the address."""
        if self._addresses is None:
            rows = self._store.execute("select properties from contacts where not is_created")
            found = (json.loads(row[0]).get("email") or "" for row in rows)
            addresses = (address.strip().lower() for address in found)
            self._addresses = {member_id(address): address for address in addresses if address}
        return self._addresses.get(name)

    def by_id(self, record_id: str) -> str | None:
        """Give the address."""
        found = self._store.contact(record_id)
        return (found.properties.get("email") or "").strip().lower() or None if found else None

    def id_of(self, address: str) -> str | None:
        """Give the record id."""
        found = self._store.owner("email", address)
        return str(found.id) if found else None


def spoiled(
    struck: Sequence[Fault], items: Sequence[Item], rows: Mapping[int, WriteRow]
) -> list[Item]:
    """Give a list of an answer as the faults have it; `rows` is the row of each item."""
    kept = [
        item
        for place, item in enumerate(items)
        if not any(fault.kind == "omit_row" and fault.is_about(rows[place]) for fault in struck)
    ]
    return kept[::-1] if any(fault.kind == "shuffle" for fault in struck) else kept
