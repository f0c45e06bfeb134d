"""How an answer of Marketo is read: its status says nothing, its body does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sync.answers import Answer, retry_after
from sync.changes import Change, Outcome
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    DestinationError,
    QuotaExhausted,
    Retriable,
)

Item = Mapping[str, object]

WRITTEN = frozenset({"created", "updated", "deleted"})
NOT_FOUND = "1004"
EXISTS = "1005"
NOT_ON_LIST = "1015"
UNKNOWN_FIELD = "1006"
NO_FIELD = "a field does not exist. `decile setup marketo` creates it."
TOKEN_RAN_OUT = frozenset({"600", "601", "602"})
# Seconds to wait: the window of the limit for 606, else what lets a moment's load pass.
TEMPORARY = {"502": 5.0, "604": 5.0, "606": 20.0, "608": 5.0, "611": 5.0, "615": 2.0, "713": 5.0}
REASONS = {
    "1001": "a value is not of the field's type",
    "1003": "a value that the call needs is missing",
    NOT_FOUND: "there is no such lead",
    EXISTS: "the lead exists already",
    UNKNOWN_FIELD: "a field does not exist",
    "1007": "several leads have this value of the lookup field",
    NOT_ON_LIST: "the lead is not on the list",
    "1022": "the lead is in use",
    "1077": "a text is longer than its field",
}


def classify(answer: Answer) -> DestinationError | None:
    """Say what the body of an answer means. None: it is one that succeeded, or not Marketo's."""
    body = answer.body
    if answer.status != 200 or body is None or body.get("success") is True:
        return None
    if body.get("success") is not False:
        return Ambiguous(f"{answer} without saying whether it succeeded.")
    code = _code(items(body, "errors"))
    said = f"{answer} with error {code}"
    if code in TOKEN_RAN_OUT:
        return AccessRefused(f"{said}: the token is not accepted.", token_ran_out=True)
    if code == "603":
        return AccessRefused(
            f"{said}: the API user lacks a right. Give its role Read-Write Lead and Read-Write"
            " Schema Custom Field, and let this machine's address in."
        )
    if code == "607":
        return QuotaExhausted(
            f"{said}: the calls of this day are used up. The rest stays pending; run again after"
            " midnight, US Central time.",
            resumes_at=next_midnight(datetime.now(UTC)),
        )
    if code in TEMPORARY:
        return Retriable(f"{said}.", retry_after=retry_after(answer) or TEMPORARY[code])
    if code == UNKNOWN_FIELD:
        return AccessRefused(f"{said}: {NO_FIELD}")
    if code.startswith("1"):
        return BatchRefused(f"{said}.", code=code)
    return DestinationError(f"{said}. Check MARKETO_BASE_URL.")


def next_midnight(now: datetime) -> datetime | None:
    """Give the moment, in UTC, at which the calls of a day start afresh."""
    try:
        there = now.astimezone(ZoneInfo("America/Chicago"))
    except ZoneInfoNotFoundError:  # a machine without time zones
        return None
    tomorrow = there.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tomorrow.astimezone(UTC)


def read_outcomes(
    changes: Sequence[Change],
    answer: Item,
    *,
    check_ids: bool = True,
    done: frozenset[str] = WRITTEN,
) -> list[Outcome]:
    """Give one outcome per change: `result` is in the order of the rows.

    `done` are the statuses of a row that was written. Where ids are known they have to agree, and
    find their row in a list that is not in order.
    """
    results = items(answer, "result")
    by_id = {str(row["id"]): row for row in results if "id" in row}
    in_order = results if len(results) == len(changes) else [{}] * len(changes)
    outcomes = []
    for change, row in zip(changes, in_order, strict=True):
        known = change.record_id if check_ids else None
        if known and str(row.get("id", "")) not in {known, ""}:
            row = {}
        outcomes.append(_outcome(change, (known and by_id.get(known)) or row, done))
    if outcomes and all(outcome.error_code == UNKNOWN_FIELD for outcome in outcomes):
        raise AccessRefused(f"Marketo refused every lead with {UNKNOWN_FIELD}: {NO_FIELD}")
    return outcomes


def _outcome(change: Change, row: Item, done: frozenset[str]) -> Outcome:
    if row.get("status") in done and row.get("id"):
        return Outcome(change.token, "accepted", change.record_id or str(row["id"]))
    if row.get("status") == "skipped":
        code = _code(items(row, "reasons"))
        return refused(change, (code, REASONS.get(code, "see Marketo's list of error codes")))
    return Outcome(change.token, "pending", change.record_id)


def refused(change: Change, problem: tuple[str, str]) -> Outcome:
    """Reject a change, in our words: Marketo's may repeat a value."""
    code, why = problem
    return Outcome(change.token, "rejected", change.record_id, code, f"Marketo, {code}: {why}.")


def no_number(change: Change) -> tuple[str, str] | None:
    """Say so where the record id cannot be that of a lead."""
    known = change.record_id or ""
    if known.isascii() and known.isdigit():
        return None
    return "RECORD_ID", "the record id is not a whole number"


def gone_is_done(change: Change, outcome: Outcome) -> Outcome:
    """Where the lead is gone, nothing is left to clear, to delete, or to take off a list."""
    gone = outcome.error_code in {NOT_FOUND, NOT_ON_LIST}
    if gone and change.operation in {"remove", "erase"}:
        return Outcome(change.token, "accepted", change.record_id)
    return outcome


def items(holder: Item, name: str) -> list[Item]:
    """Give the objects of a list."""
    found = holder.get(name)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _code(errors: Sequence[Item]) -> str:
    for error in errors:
        code = str(error.get("code", ""))
        if re.fullmatch(r"[0-9]{3,5}", code):
            return code
    return "UNKNOWN"
