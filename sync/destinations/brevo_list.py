"""The members of a Brevo list, by the numbers of contacts or by addresses: up to 150 a call.

Brevo counts as a failure who is on the list already, or off it, and who does not exist, and refuses
a call with nothing else in it. So a contact that it names as one is read: it tells which. And who
is to be added is read before: Brevo would put somebody on a list again who left it. From then on
a contact is known by its number, whatever its address is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from sync.answers import Answer
from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations.addresses import address, addresses, cannot_be_named
from sync.destinations.brevo import CALLS_PER_SECOND
from sync.destinations.brevo_answers import code_of, is_nobody
from sync.destinations.brevo_setup import ADDRESS
from sync.destinations.in_calls import in_calls
from sync.destinations.named_list import NamedList
from sync.errors import Ambiguous, ConfigError, DestinationError
from sync.http import HttpClient

MAX_BATCH = 150
LISTS = "/contacts/lists"
PAGE = 50
NOT_FOUND = "CONTACT_NOT_FOUND"
UNSUBSCRIBED = "UNSUBSCRIBED"


def capabilities(calls_per_second: int = CALLS_PER_SECOND) -> Capabilities:
    """Say what can be done with a list, at a number of calls a second."""
    return Capabilities(
        modes=frozenset({"audience"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_second,
        removal="delete",
        consent="email_marketing",
        found_by=frozenset({ADDRESS}),
        unique_key_is=ADDRESS,
        max_in_flight=4,
        rows_per_call=1,
    )


class BrevoListMembers:
    """The members of one list, which is named by its number or its name."""

    name = "brevo_list"

    def __init__(
        self, http: HttpClient, list_: str, *, calls_per_second: int = CALLS_PER_SECOND
    ) -> None:
        self._http = http
        self._list = NamedList(http, "Brevo", LISTS, list_, page=PAGE)
        self.capabilities = capabilities(calls_per_second)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Add and remove members; those known by number and by address are a call each."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Brevo takes {MAX_BATCH} members a call, not {len(changes)}.")
        done = {outcome.token: outcome for outcome in cannot_be_named(changes)}
        left = [change for change in changes if change.token not in done]
        in_order = sorted(left, key=lambda change: (_is_removal(change), not _number(change)))
        written = in_calls(in_order, MAX_BATCH, self._write, record=_named) if left else []
        done |= {outcome.token: outcome for outcome in written}
        return [done[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Look the list up."""
        return [Finding("key", ok=True, detail="accepted"), self._list.finding()]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the list is there: it wants a folder, so people make it."""
        return [self._list.step()]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Change nothing."""
        return self.plan_setup(fields)

    def _write(self, changes: Sequence[Change]) -> list[Outcome]:
        read = [self._settled(change) for change in changes]
        outcomes = [one for one in read if isinstance(one, Outcome)]
        changes = [one for one in read if isinstance(one, Change)]
        for is_removal in (False, True):
            for is_number in (True, False):
                rows = [
                    change
                    for change in changes
                    if _is_removal(change) == is_removal and bool(_number(change)) == is_number
                ]
                outcomes += self._move(rows) if rows else []
        return outcomes

    def _move(self, changes: Sequence[Change]) -> list[Outcome]:
        """Move rows of one kind; who is not named as done is read, and none of them is guessed."""
        numbers = [int(_named(one)) for one in changes if _number(one)]
        body: dict[str, object] = (
            {"ids": numbers} if numbers else {"emails": [_named(one) for one in changes]}
        )
        way = "remove" if _is_removal(changes[0]) else "add"
        path = f"{LISTS}/{self._list.number()}/contacts/{way}"
        answer = self._http.send("POST", path, body=body, idempotent=True, accept={400})
        done, failed = _told(answer, "success"), _told(answer, "failure")
        outcomes = []
        for change in changes:
            if _named(change) in done:
                outcomes.append(Outcome(change.token, "accepted", change.record_id))
            elif answer.status == 400 or _named(change) in failed:
                looked_at = self._looked_at(change, answer)
                # It may only have been refused along with others.
                is_alone = len(changes) == 1 or looked_at.error_code in (None, NOT_FOUND)
                outcomes += [looked_at] if is_alone else self._move([change])
            else:
                outcomes.append(Outcome(change.token, "pending", change.record_id))
        return outcomes

    def _settled(self, change: Change) -> Outcome | Change:
        """Read who is to be added, and take off who may be there by another address."""
        for former in addresses(change, ADDRESS)[1:] if not _number(change) else []:
            one = replace(change, operation="remove", unique_key=former)
            (outcome,) = self._move([one])
            if outcome.status != "accepted":
                return outcome
        if _is_removal(change):
            return change
        found = self._read(change)
        if is_nobody(found) and _number(change) and address(change):
            change = replace(change, record_id=None)
            found = self._read(change)
        if is_nobody(found):
            return _nobody(change)
        number = (found.body or {}).get("id")
        change = replace(change, record_id=str(number) if number else change.record_id)
        left = (found.body or {}).get("listUnsubscribed") or []
        if not isinstance(left, list):
            return Outcome(change.token, "pending", change.record_id)
        if self._list.number() in left:
            why = "The contact left the list, and is not put on it again."
            return Outcome(change.token, "rejected", change.record_id, UNSUBSCRIBED, why)
        is_on = self._is_on(found)
        return Outcome(change.token, "accepted", change.record_id) if is_on else change

    def _looked_at(self, change: Change, answer: Answer) -> Outcome:
        """Tell by the contact whether it is where it should be."""
        found = self._read(change)
        if is_nobody(found) and not _is_removal(change):
            return _nobody(change)
        if is_nobody(found) or self._is_on(found) != _is_removal(change):
            return Outcome(change.token, "accepted", change.record_id)
        why = f"{answer}: the contact was not moved."
        return Outcome(change.token, "rejected", change.record_id, code_of(answer), why)

    def _read(self, change: Change) -> Answer:
        path = f"/contacts/{quote(_named(change), safe='')}"
        found = self._http.send("GET", path, idempotent=True, accept={404})
        if found.status == 404 and not is_nobody(found):
            raise DestinationError(f"{found}. Check BREVO_BASE_URL.")
        return found

    def _is_on(self, found: Answer) -> bool:
        lists = (found.body or {}).get("listIds")
        return isinstance(lists, list) and self._list.number() in lists


def _nobody(change: Change) -> Outcome:
    why = "Brevo has no such contact."
    return Outcome(change.token, "rejected", change.record_id, NOT_FOUND, why)


def _told(answer: Answer, what: str) -> frozenset[str]:
    """Give whom an answer names as moved, or as not moved."""
    if answer.status == 400:
        return frozenset()
    contacts = (answer.body or {}).get("contacts")
    if not isinstance(contacts, Mapping):
        raise Ambiguous(f"{answer} without a word of the contacts.")
    named = contacts.get(what)
    return frozenset(str(one).lower() for one in named) if isinstance(named, list) else frozenset()


def _is_removal(change: Change) -> bool:
    return change.operation in ("remove", "erase")


def _number(change: Change) -> str:
    known = change.record_id or ""
    return known if known.isascii() and known.isdigit() else ""


def _named(change: Change) -> str:
    return _number(change) or address(change)
