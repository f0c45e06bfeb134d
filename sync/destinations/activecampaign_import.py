"""Many known contacts at once, by ActiveCampaign's bulk import.

The import finds a contact by its address, and makes one where nobody has it. So the addresses that
the contacts have are read first, by their ids: what has none there is not imported. What cannot be
imported, or is refused without a name, gets no outcome here: a call of its own says what became
of it. No row names a list, so nobody is subscribed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from sync.answers import Answer
from sync.changes import Change, Outcome
from sync.destinations.activecampaign_setup import ADDRESS, PAGE
from sync.errors import DestinationError
from sync.http import HttpClient

# From so many rows on an import takes fewer calls than the rows alone, readings included.
IMPORT_FROM = 50
MAX_ROWS = 250
MAX_BYTES = 390_000
OWN = {"firstName": "first_name", "lastName": "last_name", "phone": "phone"}
REFUSED = "IMPORT_REFUSED"

Row = tuple[Change, dict[str, object]]


def can_import(change: Change) -> bool:
    """Tell whether an import can carry a row: it names contacts that exist, and clears nothing."""
    return (
        bool(change.record_id)
        and str(change.record_id).isdigit()
        and change.operation not in ("remove", "erase")
        and all(change.fields.values())
    )


def import_known(
    http: HttpClient, changes: Sequence[Change], ids: Mapping[str, str]
) -> dict[str, Outcome]:
    """Import rows that can be; `ids` are those of the custom fields by their tags."""
    addresses = _addresses(http, changes)
    outcomes: dict[str, Outcome] = {}
    for call in _calls(list(_rows(changes, addresses, ids))):
        outcomes |= {one.token: one for one in _written(http, call)}
    return outcomes


def _addresses(http: HttpClient, changes: Sequence[Change]) -> dict[str, str]:
    """Read the address of each contact by its id."""
    found: dict[str, str] = {}
    known = sorted({str(one.record_id) for one in changes})
    for start in range(0, len(known), PAGE):
        names = known[start : start + PAGE]
        query = {"status": "-1", "limit": str(PAGE)}
        query |= {f"ids[{place}]": name for place, name in enumerate(names)}
        contacts = http.get("/contacts", query=query).get("contacts")
        if not isinstance(contacts, list):
            raise DestinationError("ActiveCampaign does not say which contacts it has.")
        for one in contacts:
            if isinstance(one, Mapping):
                found[str(one.get("id"))] = str(one.get("email") or "").strip().lower()
    return found


def _rows(
    changes: Sequence[Change], addresses: Mapping[str, str], ids: Mapping[str, str]
) -> Iterator[Row]:
    """Give what an import can say of each contact, no contact twice."""
    taken: set[str] = set()
    for change in changes:
        has = addresses.get(str(change.record_id), "")
        moves = (change.fields.get(ADDRESS) or has).strip().lower() != has
        if not has or moves or has in taken:
            continue
        taken.add(has)
        own = {OWN[name]: value for name, value in change.fields.items() if name in OWN}
        values = [
            {"id": int(ids[name]), "value": value}
            for name, value in change.fields.items()
            if name in ids
        ]
        yield change, {"email": has, **own, "fields": values}


def _calls(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Keep under the limits of a call."""
    call: list[Row] = []
    size = 0
    for row in rows:
        more = len(json.dumps(row[1])) + 2
        if more > MAX_BYTES:
            continue
        if len(call) == MAX_ROWS or size + more > MAX_BYTES:
            yield call
            call, size = [], 0
        call.append(row)
        size += more
    if call:
        yield call


def _written(http: HttpClient, rows: Sequence[Row]) -> Iterator[Outcome]:
    """Import; one bad row keeps all of them out, so the others are sent again without it."""
    while rows:
        body = {"contacts": [contact for _, contact in rows]}
        answer = http.send(
            "POST", "/import/bulk_import", body=body, idempotent=True, accept={400, 422}
        )
        if answer.status == 200 and _queued(answer) == len(rows):
            yield from (Outcome(one.token, "accepted", one.record_id) for one, _ in rows)
        if not (bad := _bad(answer, len(rows))):
            return
        for place in sorted(bad):
            change = rows[place][0]
            why = "ActiveCampaign's import refused the row."
            yield Outcome(change.token, "rejected", change.record_id, REFUSED, why)
        rows = [row for place, row in enumerate(rows) if place not in bad]


def _queued(answer: Answer) -> object:
    body = answer.body or {}
    return body.get("queued_contacts") if body.get("Success", body.get("success")) else None


def _bad(answer: Answer, count: int) -> set[int]:
    """Give the places of the rows that a refusal names. Its words may hold values."""
    reasons = (answer.body or {}).get("failureReasons") if answer.status != 200 else None
    places = [
        one.get("contact")
        for one in (reasons if isinstance(reasons, list) else [])
        if isinstance(one, Mapping)
    ]
    return {int(place) for place in places if isinstance(place, int) and 0 <= place < count}
