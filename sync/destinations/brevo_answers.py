"""How an answer of Brevo is read. Its codes are words of a list; its messages may hold values."""

from __future__ import annotations

from math import isclose

from sync.answers import Answer, retry_after
from sync.errors import AccessRefused, BatchRefused, DestinationError, Retriable

DUPLICATE = "DUPLICATE_PARAMETER"
# Either was seen where a contact exists already.
TAKEN = frozenset({DUPLICATE, "INVALID_PARAMETER"})
NOBODY = "DOCUMENT_NOT_FOUND"
CODES = frozenset(
    {
        DUPLICATE,
        NOBODY,
        "ACCOUNT_UNDER_VALIDATION",
        "DUPLICATE_REQUEST",
        "INVALID_PARAMETER",
        "METHOD_NOT_ALLOWED",
        "MISSING_PARAMETER",
        "NOT_ACCEPTABLE",
        "NOT_ENOUGH_CREDITS",
        "OUT_OF_RANGE",
        "PERMISSION_DENIED",
    }
)


def classify(answer: Answer) -> DestinationError | None:
    """Say what Brevo means by a status. None: what the status means everywhere."""
    status = answer.status
    if status == 401:
        return AccessRefused(
            f"{answer}: the key is not accepted, or not from the address of this machine. Look at"
            " Brevo > Settings > SMTP & API and > Security > Authorized IPs; the key is"
            " BREVO_API_KEY."
        )
    if status in {402, 403}:
        return AccessRefused(f"{answer}, {code_of(answer)}: the account may not do this.")
    if status == 429:
        return Retriable(f"{answer}.", retry_after=retry_after(answer) or _reset(answer))
    if status == 425:  # said without a reason: it takes a pause
        return Retriable(f"{answer}.", retry_after=retry_after(answer) or 2.0)
    if status in {400, 409, 413, 422}:
        return refused(answer)
    return None


def refused(answer: Answer) -> BatchRefused:
    """Give the error of a refusal."""
    return BatchRefused(f"{answer}, {code_of(answer)}.", code=code_of(answer))


def is_nobody(answer: Answer) -> bool:
    """Tell whether the contact, and not the path, is what was not found."""
    return answer.status == 404 and code_of(answer) == NOBODY


def holds(kind: str, sent: object, held: object) -> bool:
    """Tell whether an attribute has the value that it was sent, as Brevo shows it.

    Of a text it is enough that it is there: it is never dropped for its type, and Brevo may tidy it
    up.
    """
    shown = str(held).lower()
    if kind == "boolean":
        return shown == str(sent).lower()
    if kind == "date":
        return shown[:10] == str(sent)[:10]
    if kind == "float":
        try:
            return isclose(float(shown), float(str(sent)), rel_tol=1e-9)
        except ValueError:
            return False
    return held is not None


def code_of(answer: Answer) -> str:
    """Give Brevo's code; what is none of its words is the status."""
    code = str((answer.body or {}).get("code")).upper()
    return code if code in CODES else str(answer.status)


def _reset(answer: Answer) -> float | None:
    """Give the seconds until the limit is open again."""
    asked = answer.headers.get("x-sib-ratelimit-reset", "").strip()
    return float(asked) if asked.isascii() and asked.isdigit() else None
