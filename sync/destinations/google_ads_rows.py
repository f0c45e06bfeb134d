"""A person as Google is told of them: identifiers, hashed but for region and post code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.changes import Change
from sync.errors import ConfigError
from sync.hashing import EMPTY_DIGEST, ad_hash

HASHED: Mapping[str, str] = {
    "emailAddress": "email",
    "phoneNumber": "phone",
    "givenName": "name",
    "familyName": "name",
}
PLAIN = ("regionCode", "postalCode")
FIELDS = (*HASHED, *PLAIN)
ADDRESS = ("givenName", "familyName", "regionCode", "postalCode")

Identifier = Mapping[str, object]


def identifiers(fields: Mapping[str, str | None]) -> list[Identifier]:
    """Give what a person is known by, as Google wants it; nothing that is empty or in part."""
    unknown = sorted(fields.keys() - set(FIELDS))
    if unknown:
        raise ConfigError(
            f"Google Ads lists have no field {', '.join(unknown)}; they have {', '.join(FIELDS)}."
        )
    cells = {name: _cell(name, value) for name, value in fields.items()}
    found: list[Identifier] = [
        {name: cells[name]} for name in ("emailAddress", "phoneNumber") if cells.get(name)
    ]
    # Google takes an address with all of its parts, and no other.
    if all(cells.get(name) for name in ADDRESS):
        found.append({"address": {name: cells[name] for name in ADDRESS}})
    return found


def known_by(change: Change) -> list[Identifier]:
    """Give what a person was known by, from what the ledger kept of it, the last first."""
    found: list[Identifier] = []
    for sent in change.sent:
        known = identifiers({name: value for name, value in sent.items() if name in FIELDS})
        found += [one for one in known if one not in found]
    return found


def members(people: Sequence[Sequence[Identifier]], reference: str) -> list[dict[str, object]]:
    """Lay people out as the members of a request."""
    if EMPTY_DIGEST in str(people):
        raise ConfigError("Google Ads: the hash of an empty text is never sent.")
    return [
        {
            "destinationReferences": [reference],
            "compositeData": {"userData": {"userIdentifiers": list(person)}},
        }
        for person in people
    ]


def _cell(name: str, value: str | None) -> str | None:
    if kind := HASHED.get(name):
        return ad_hash("google", kind, value)
    plain = (value or "").strip()
    if name == "regionCode":
        return plain.upper() if re.fullmatch("[A-Za-z]{2}", plain) else None
    return None if plain == EMPTY_DIGEST else plain
