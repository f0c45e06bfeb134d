"""How an answer of Salesforce is read: what became of each row, and what a status means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.answers import Answer, retry_after
from sync.changes import Change, Outcome, Status
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    DestinationError,
    QuotaExhausted,
    Retriable,
)

GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"})
# What passes by itself: the row is as it was, and the next run sends it again.
PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"})
# A field that is not there, or that the user of the app may not see: no row would fare better.
NO_FIELD = frozenset({"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"})
UNKNOWN = "UNKNOWN"

Item = Mapping[str, object]


def read_outcomes(changes: Sequence[Change], answer: Answer) -> list[Outcome]:
    """Give one outcome per change: the answer lists the rows in the order they were sent in."""
    items = answer.items or ()
    if len(items) != len(changes):
        raise Ambiguous(f"{answer} with another number of rows than it was sent.")
    outcomes = [
        _outcome(change, item if isinstance(item, Mapping) else {})
        for change, item in zip(changes, items, strict=True)
    ]
    stop_at_unknown_fields(changes, outcomes)
    return outcomes


def gone(changes: Sequence[Change], answer: Answer) -> list[Change]:
    """Give the changes whose record is no longer there."""
    rows = zip(changes, answer.items or (), strict=True)
    errors = [(one, items_of(row.get("errors"))) for one, row in rows if isinstance(row, Mapping)]
    return [one for one, why in errors if why and code_of(why[0].get("statusCode")) in GONE]


def stop_at_unknown_fields(changes: Sequence[Change], outcomes: Sequence[Outcome]) -> None:
    """If every row fails for a field that Salesforce lacks, no other row would fare better."""
    if outcomes and all(outcome.error_code in NO_FIELD for outcome in outcomes):
        names = ", ".join(sorted({name for change in changes for name in change.fields}))
        raise AccessRefused(
            f"Salesforce lacks at least one of the fields {names}, or the app's user may not edit"
            " it. `decile setup salesforce` says which."
        )


def _outcome(change: Change, item: Item) -> Outcome:
    if item.get("success") is True:
        record_id = item.get("id")
        # Of a record that we named by its id, ours is the id that the model has.
        known = change.record_id or (record_id if isinstance(record_id, str) else None)
        return Outcome(change.token, "accepted", known)
    errors = items_of(item.get("errors"))
    if item.get("success") is not False or not errors:
        return Outcome(change.token, "pending", change.record_id)
    first = errors[0]
    return refused(change, code_of(first.get("statusCode")), _fields(change, first))


def refused(change: Change, code: str, fields: Sequence[str]) -> Outcome:
    """Give the outcome of a row that was not written, by its code and the fields it is about.

    The vendor's own words are left out: they repeat values.
    """
    if change.operation in ("remove", "erase") and code in GONE:
        return Outcome(change.token, "accepted", change.record_id)
    status: Status = "pending" if code in PASSING else "rejected"
    what = f"{', '.join(fields)}: {code}." if fields else f"{code}."
    hint = HINTS.get(code)
    message = f"{what} {hint}" if hint else what
    return Outcome(change.token, status, change.record_id, code, message)


HINTS: Mapping[str, str] = {
    "REQUIRED_FIELD_MISSING": "A new record needs it: map it under create_fields.",
    "DUPLICATES_DETECTED": "A duplicate rule of the org found a record like it.",
    "DUPLICATE_EXTERNAL_ID": "Several records have this external id: make it unique.",
    "CANNOT_UPDATE_CONVERTED_LEAD": "The lead was converted: send its contact instead.",
}


def _fields(change: Change, error: Item) -> list[str]:
    named = error.get("fields")
    names = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
    # What is missing was not sent; it is a name of the org's all the same.
    return [name for name in names if re.fullmatch(r"[A-Za-z]\w{0,79}", name, re.ASCII)]


def code_of(code: object) -> str:
    """Give a code of an error; free text is not a code."""
    known = isinstance(code, str) and re.fullmatch(r"[A-Z][A-Z0-9_]{1,60}", code)
    return str(code) if known else UNKNOWN


def items_of(value: object) -> list[Item]:
    """Give the objects of a list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def classify(answer: Answer) -> DestinationError | None:
    """Say what Salesforce means by a status. None: what the status means everywhere."""
    found = items_of(list(answer.items or ()))
    code, status = code_of(found[0].get("errorCode") if found else None), answer.status
    if status == 401:
        return AccessRefused(
            f"{answer}: the session is over, and a new one is not accepted either. Check the app"
            " and its run-as user.",
            token_ran_out=True,
        )
    if status == 403 and code == "REQUEST_LIMIT_EXCEEDED":
        return QuotaExhausted(
            f"{answer}: the calls of the org are used up, which count over the last 24 hours. The"
            " rest stays pending; run again later."
        )
    if status == 403:
        return AccessRefused(
            f"{answer}, {code}: the app's user needs API Enabled, and the rights to read, create"
            " and edit the object and its fields."
        )
    if status == 404:
        return AccessRefused(
            f"{answer}: there is no such object or external id field, or the app's user may not"
            " see it. `decile setup salesforce` says which fields are missing."
        )
    if status == 410:
        return DestinationError(f"{answer}: set SALESFORCE_API_VERSION to a newer version.")
    if status == 429:
        return Retriable(f"{answer}.", retry_after=retry_after(answer))
    if status == 400 and code in NO_FIELD:
        return AccessRefused(
            f"{answer}, {code}: a field is not there, or the app's user may not edit it. `decile"
            " setup salesforce` says which."
        )
    if status in {400, 409, 413, 422}:
        return BatchRefused(f"{answer}, {code}.", code=code)
    return None
