"""How an answer of ActiveCampaign is read. Its titles and details may hold values: codes only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sync.answers import Answer
from sync.destinations.activecampaign_setup import STANDARD
from sync.errors import AccessRefused, BatchRefused, DestinationError

CODES = frozenset(
    {
        "duplicate",
        "email_invalid",
        "field_invalid",
        "field_missing",
        "invalid",
        "related_missing",
        "too_long",
    }
)
NOBODY = re.compile(r"No Result found for Subscriber with id \d+")


def classify(answer: Answer) -> DestinationError | None:
    """Say what ActiveCampaign means by a status. None: what the status means everywhere."""
    if answer.status in {401, 403}:
        return AccessRefused(
            f"{answer}: the key is not accepted, or its user may not do this. It is in Settings >"
            " Developer, with the URL: ACTIVECAMPAIGN_API_KEY and ACTIVECAMPAIGN_API_URL."
        )
    if answer.status == 402:
        return AccessRefused(f"{answer}: the account may not do this, or is full.")
    if answer.status in {400, 409, 413, 422}:
        return refused(answer)
    return None


def refused(answer: Answer) -> BatchRefused:
    """Give the error of a refusal, with its code and the field it is about."""
    errors = _errors(answer)
    codes = [str(error.get("code")) for error in errors if error.get("code") in CODES]
    code = codes[0].upper() if codes else str(answer.status)
    fields = sorted({name for error in errors for name in _named(error)})
    about = f" for {', '.join(fields)}" if fields else ""
    return BatchRefused(f"{answer}, {code}{about}.", code=code)


def is_nobody(answer: Answer) -> bool:
    """Tell whether the contact, and not the path, is what was not found."""
    message = str((answer.body or {}).get("message"))
    return answer.status == 404 and bool(NOBODY.fullmatch(message))


def contact_id(body: Mapping[str, object]) -> str | None:
    """Give the id of the contact in an answer."""
    contact = body.get("contact")
    found = str(contact.get("id")) if isinstance(contact, Mapping) else ""
    return found if found.isascii() and found.isdigit() else None


def _errors(answer: Answer) -> list[Mapping[str, object]]:
    errors = (answer.body or {}).get("errors")
    return [one for one in errors if isinstance(one, Mapping)] if isinstance(errors, list) else []


def _named(error: Mapping[str, object]) -> list[str]:
    """Name the field of an error, where it is one of a contact's own."""
    source = error.get("source")
    pointer = str(source.get("pointer")) if isinstance(source, Mapping) else ""
    name = pointer.rpartition("/")[2]
    return [name] if name in STANDARD else []
