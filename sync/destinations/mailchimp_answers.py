"""How an answer of Mailchimp is read: what became of each member, and in which words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.answers import Answer, retry_after
from sync.changes import Change, Outcome
from sync.destinations.addresses import address
from sync.errors import AccessRefused, BatchRefused, DestinationError, Retriable

EXISTS = "ERROR_CONTACT_EXISTS"
CODES = frozenset({EXISTS, "ERROR_GENERIC"})

# The titles of the API's glossary that a write can get; any other one counts by its status.
TITLES = frozenset(
    {
        "BadRequest",
        "Compliance Related",
        "Forgotten Email Not Subscribed",
        "Invalid Resource",
        "JSON Parse Error",
        "Member Exists",
        "Member In Compliance State",
    }
)

Item = Mapping[str, object]


def read_batch(changes: Sequence[Change], answer: Item) -> list[Outcome]:
    """Give one outcome per change, by its address: a list names nothing else."""
    by_address = {address(change): change for change in changes}
    outcomes = {change.token: Outcome(change.token, "pending") for change in changes}
    for name in ("new_members", "updated_members"):
        for member in _items(answer, name):
            change = by_address.get(_address(member))
            if change and isinstance(member.get("id"), str):
                outcomes[change.token] = Outcome(change.token, "accepted", str(member["id"]))
    for error in _items(answer, "errors"):
        if change := by_address.get(_address(error)):
            code = str(error.get("error_code"))
            code = code if code in CODES else "UNKNOWN"
            why = f"Mailchimp refused the row{_named([error], change.fields)}."
            outcomes[change.token] = Outcome(change.token, "rejected", None, code, why)
    return [outcomes[change.token] for change in changes]


def read_member(change: Change, answer: Answer) -> Outcome:
    """Say what an answer to the update of a member means that is 200 or 404."""
    if answer.status == 404 and change.operation == "remove":
        return Outcome(change.token, "accepted", change.record_id)
    if answer.status == 404:
        why = "The audience has no such member: archived, or deleted for good."
        return Outcome(change.token, "rejected", change.record_id, "MEMBER_NOT_FOUND", why)
    found = (answer.body or {}).get("id")
    if not isinstance(found, str):
        return Outcome(change.token, "pending", change.record_id)
    return Outcome(change.token, "accepted", found)


def classify(answer: Answer) -> DestinationError | None:
    """Say what Mailchimp means by a status. None: what the status means everywhere."""
    status, body = answer.status, answer.body
    if status == 401:
        return AccessRefused(
            f"{answer}: the key is not accepted. Make one in Mailchimp (Account > Extras > API"
            " keys) and put it into MAILCHIMP_API_KEY."
        )
    if status == 403 and body is None:  # the edge says so where calls come too fast
        return Retriable(f"{answer}.", retry_after=retry_after(answer))
    if status == 403:
        return AccessRefused(f"{answer}: the user of the key may not do this, or the account not.")
    if status == 404:
        return AccessRefused(f"{answer}: there is no such audience. Check sync.settings.audience.")
    if status in {400, 422}:
        code = _code(answer)
        named = _named(_items(body or {}, "errors"), None)
        return BatchRefused(f"{answer}, {code}{named}.", code=code)
    return None


def _code(answer: Answer) -> str:
    """Give the title as a code; its detail may hold an address."""
    title = (answer.body or {}).get("title")
    return str(title).upper().replace(" ", "_") if title in TITLES else str(answer.status)


def _named(errors: Sequence[Item], known: Mapping[str, object] | None) -> str:
    """Name the fields that errors are about: a tag, or a word of the API."""
    fields = [str(error.get("field") or "") for error in errors]
    fields = [re.sub(r"^merge_fields\.", "", field) for field in fields]
    good = [name for name in fields if re.fullmatch(r"[A-Z][A-Z0-9_]{0,9}|[a-z_]{1,30}", name)]
    good = [name for name in good if known is None or name in known]
    return f" for {', '.join(sorted(set(good)))}" if good else ""


def _address(item: Item) -> str:
    return str(item.get("email_address") or "").strip().lower()


def _items(holder: Item, name: str) -> list[Item]:
    items = holder.get(name)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
