"""What the Data Manager API means by its answers, at once and later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from sync.answers import Answer, retry_after
from sync.changes import Collected
from sync.errors import (
    AccessRefused,
    BatchRefused,
    DestinationError,
    QuotaExhausted,
    Retriable,
)

SLOWER_SECONDS = 20.0
MEMBER = re.compile(r"audience_?[mM]embers\[(\d+)\]")
CODE = re.compile("[A-Z][A-Z0-9_]{1,99}")
RANGE = "MATCH_RATE_RANGE_"

Item = Mapping[str, object]


def classify(answer: Answer) -> DestinationError | None:
    """Say what Google means. None: what the status means everywhere."""
    error = _mapping((answer.body or {}).get("error"))
    status = error.get("status")
    if answer.status == 429 or status == "RESOURCE_EXHAUSTED":
        limit = str(
            next(
                (
                    _mapping(one.get("metadata")).get("quota_limit")
                    for one in _of(error, "ErrorInfo")
                ),
                "",
            )
        )
        if "day" in limit.lower():
            return QuotaExhausted(
                f"{answer}: the calls of this day are used up. Run again tomorrow."
            )
        return Retriable(f"{answer}.", retry_after=retry_after(answer) or SLOWER_SECONDS)
    if answer.status == 403:
        return AccessRefused(
            f"{answer}, {code_of(error)}: give the address of the service account access to the"
            " Google Ads account, and enable the Data Manager API in its project."
        )
    if answer.status == 404 or any("destinations[" in field for field, _ in violations(error)):
        return AccessRefused(
            f"{answer}, {code_of(error)}: the account or the list is not there, or may not be"
            " written. Check GOOGLE_ADS_CUSTOMER_ID and `user_list`."
        )
    if answer.status == 400 and status == "FAILED_PRECONDITION":
        return AccessRefused(f"{answer}, {code_of(error)}: the account does not allow it.")
    if answer.status == 400:
        return BatchRefused(f"{answer}, {code_of(error)}.", code=code_of(error))
    return None


def refused_members(answer: Answer) -> dict[int, str]:
    """Give the members that a refusal names, by their place, each with its code."""
    found: dict[int, str] = {}
    for field, reason in violations(_mapping((answer.body or {}).get("error"))):
        if named := MEMBER.search(field):
            found.setdefault(int(named[1]), reason)
    return found


def violations(error: Item) -> list[tuple[str, str]]:
    """Give the fields that a refusal names, each with its reason."""
    return [
        (str(one.get("field")), _code(one.get("reason")))
        for detail in _of(error, "BadRequest")
        for one in _items(detail, "fieldViolations")
    ]


def code_of(error: Item) -> str:
    """Give the most telling code of an error; free text is not a code."""
    reasons = [one.get("reason") for one in _of(error, "ErrorInfo")]
    reasons = [*(reason for _, reason in violations(error)), *reasons, error.get("status")]
    return next((code for code in map(_code, reasons) if code != "UNKNOWN"), "UNKNOWN")


def collected(answer: Item) -> Collected:
    """Say what became of a request."""
    each = _items(answer, "requestStatusPerDestination")
    states = {str(one.get("requestStatus")) for one in each}
    if not states or states & {"PROCESSING", "REQUEST_STATUS_UNKNOWN", "None"}:
        return Collected("processing")
    errors = [
        count for one in each for count in _items(_mapping(one.get("errorInfo")), "errorCounts")
    ]
    failed = {
        place: _code(count.get("reason"))
        for count in errors
        for place in _places(count.get("recordIndices"))
    }
    counts = [found for one in each for found in _statuses(one)]
    rows = [_count(one) for one in counts if "recordCount" in one]
    rates = [_rate(one.get("uploadMatchRateRange")) for one in counts]
    # Where Google counts more rows than it names, any of them may have come to nothing.
    unnamed = any(_count(one) > len(_places(one.get("recordIndices"))) for one in errors)
    nothing = states == {"FAILED"} or unnamed or ("PARTIAL_SUCCESS" in states and not failed)
    status: Literal["failed", "done"] = "failed" if nothing else "done"
    rate = next((one for one in rates if one), None)
    return Collected(status, next(iter(rows), None), rate, failed)


def _statuses(one: Item) -> Iterator[Item]:
    """Give the counts: composite data where it says so, else user data."""
    for group in ("audienceMembersIngestionStatus", "audienceMembersRemovalStatus"):
        for name, status in _mapping(one.get(group)).items():
            if name.startswith(("compositeData", "userData")):
                yield _mapping(status)


def _rate(given: object) -> str | None:
    """Give a range such as 41-50%. Below some size Google gives none."""
    text = str(given or "").removeprefix(RANGE)
    if text == "LESS_THAN_20":
        return "<20%"
    found = re.fullmatch(r"(\d+)_TO_(\d+)", text)
    return f"{found[1]}-{found[2]}%" if found else None


def _count(one: Item) -> int:
    text = str(one.get("recordCount"))
    return int(text) if text.isascii() and text.isdigit() else 0


def _places(given: object) -> list[int]:
    return [one for one in given if isinstance(one, int)] if isinstance(given, list) else []


def _of(error: Item, kind: str) -> list[Item]:
    return [one for one in _items(error, "details") if str(one.get("@type")).endswith(f".{kind}")]


def _items(holder: Item, name: str) -> list[Item]:
    items = holder.get(name)
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _mapping(value: object) -> Item:
    return value if isinstance(value, Mapping) else {}


def _code(value: object) -> str:
    return value if isinstance(value, str) and CODE.fullmatch(value) else "UNKNOWN"
