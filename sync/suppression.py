"""Who was forgotten: a keyed hash for each of their identifiers, in the ledger.

The key is made with the first forget and stays in the ledger, so that no setting can bring a
person back. macros/ledger_hash.sql makes the same hashes in SQL.
"""

from __future__ import annotations

import hashlib

from sync.ledger import Ledger
from sync.warehouse import Warehouse


def suppression_hash(key: str, identifier_type: str, value: str) -> str:
    """Give what stands in suppressed_identities for a normalised identifier."""
    return hashlib.sha256(f"{key}:{identifier_type}:{value}".encode()).hexdigest()


def forgotten_contact(warehouse: Warehouse, contact_id: str) -> str:
    """Give the SQL condition that the contact in a column was forgotten; it is never null."""
    return warehouse.macro_sql("ledger_forgotten_contact", contact_id=contact_id)


def forgotten_guard(ledger: Ledger) -> dict[str, str]:
    """Give the guard that blocks whoever was forgotten, as row_guards() does; none for nobody."""
    hashes = ledger.table("suppressed_identities")
    if not list(ledger.warehouse.rows(f"select 1 as one from {hashes} limit 1")):  # noqa: S608  (our own table)
        return {}
    condition = forgotten_contact(ledger.warehouse, "contact_id")
    return {"forgotten": f"select contact_id from rendered where {condition}"}  # noqa: S608  (as above)
