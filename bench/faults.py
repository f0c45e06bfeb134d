"""What goes wrong in real exports, planted on purpose and counted."""

from __future__ import annotations

from collections import Counter

import numpy as np

from bench import spelling
from bench.draws import Draws, Ints, Texts
from bench.people import DAY
from bench.records import Records
from bench.tables import Table, rows_in, stack, take

# Table: id, the time that is moved, when it was loaded.
_TIMES = {
    "raw_hubspot__contact": ("id", "property_createdate", "_fivetran_synced"),
    "raw_hubspot__email_event": ("id", "created", "_fivetran_synced"),
    "raw_hubspot__contact_form_submission": ("conversion_id", "timestamp", "_fivetran_synced"),
    "raw_shopify__customer": ("id", "created_at", "_fivetran_synced"),
    "raw_shopify__order": ("id", "created_at", "_fivetran_synced"),
    "raw_web__page_views": ("id", "viewed_at", "received_at"),
    "raw_web__identifies": ("id", "identified_at", "received_at"),
    "raw_web__tracks": ("id", "occurred_at", "received_at"),
    "raw_people_list__people": ("row_id", "met_at", "loaded_at"),
}
_MOVED_ALONG = {"raw_shopify__order": ("processed_at",)}
_DELETED = {
    "raw_hubspot__contact": "_fivetran_deleted",
    "raw_shopify__customer": "_fivetran_deleted",
    "raw_shopify__order": "_fivetran_deleted",
    "raw_hubspot__deal": "is_deleted",
}
# Profiles: the columns that tell who it is, e-mail first.
_IDENTIFIERS = {
    "raw_hubspot__contact": (
        "property_email", "property_phone", "property_mobilephone", "property_user_id"
    ),
    "raw_shopify__customer": ("email", "phone"),
    "raw_people_list__people": ("email", "phone"),
    "raw_web__identifies": ("email", "phone", "user_id"),
}  # fmt: skip
# Events: the columns that tell who did it.
_ACTORS = {
    "raw_web__page_views": ("anonymous_id", "user_id"),
    "raw_hubspot__email_event": ("recipient",),
}
_CHANGES = {
    "raw_hubspot__contact": ("property_jobtitle", "Consultant"),
    "raw_shopify__customer": ("state", "declined"),
}


def spoil_profiles(draws: Draws, name: str, records: Records, planted: Counter[str]) -> Texts:
    """Break identifiers in place; returns, row for row, which ones ("" where none is)."""
    table, n = records.table, rows_in(records.table)
    fault = np.full(n, "", dtype=object)
    email, *others = _IDENTIFIERS[name]
    order = np.argsort(draws.uniform(n), kind="stable")
    order = order[table[email][order] != ""]
    bad, role, nobody = _shares(len(order), 0.018, 0.006, 0.005)
    rows = order[:bad]
    table[email][rows] = spelling.bad_email(draws, table[email][rows])
    fault[rows] = "bad_email"
    rows = order[bad : bad + role]
    table[email][rows] = spelling.role_email(draws, table[email][rows])
    fault[rows] = "role_mailbox"
    rows = order[bad + role : bad + role + nobody]
    for column in (email, *others):
        table[column][rows] = -1 if table[column].dtype.kind == "i" else ""
    fault[rows] = "no_identifier"
    planted.update({f"{name} {kind}": int((fault == kind).sum()) for kind in set(fault) - {""}})
    return fault


def spoil_rows(draws: Draws, name: str, table: Table, planted: Counter[str]) -> Table:
    """Rows from the future, deleted rows, rows that stand there twice."""
    if name in _DELETED:
        rows = _some(draws, table, 0.01)
        table[_DELETED[name]][rows] = 1
        planted[f"{name} deleted"] = len(rows)
    if name not in _TIMES:
        return table
    for column in _ACTORS.get(name, ()):
        table[column][:: rows_in(table) // 4] = -1 if table[column].dtype.kind == "i" else ""
        planted[f"{name} no_identifier"] = len(table[column][:: rows_in(table) // 4])
    key, moved, loaded = _TIMES[name]
    rows = _some(draws, table, 0.002)
    ahead = (draws.uniform(len(rows), 3, 300) * DAY).astype(np.int64)
    for column in (moved, *_MOVED_ALONG.get(name, ())):
        table[column][rows] = table[loaded][rows] + ahead
    planted[f"{name} dated_ahead"] = len(rows)
    exact = take(table, _some(draws, table, 0.003))
    planted[f"{name} exact_duplicate"] = rows_in(exact)
    reused = _sent_again(draws, name, table)
    planted[f"{name} reused_{key}"] = rows_in(reused)
    return stack(table, exact, reused)


def _sent_again(draws: Draws, name: str, table: Table) -> Table:
    """The same id with other contents: an older state of a record, an event received twice."""
    loaded = _TIMES[name][2]
    again = take(table, _some(draws, table, 0.002))
    if name in _CHANGES:
        column, value = _CHANGES[name]
        again[column] = np.full(rows_in(again), value, dtype=object)
        again[loaded] = again[loaded] - DAY // 2
    else:
        again[loaded] = again[loaded] + 3600
    return again


def _some(draws: Draws, table: Table, share: float) -> Ints:
    n = rows_in(table)
    return np.unique(draws.below(n, max(2, round(n * share))))


def _shares(n: int, *shares: float) -> list[int]:
    return [max(2, round(n * share)) for share in shares]
