"""Contacts put on an ActiveCampaign list, one after the other, and never taken off it.

The API has no way off a list but to unsubscribe, as if the person had asked for it. So members are
only added, and nobody who left the list, bounced or never confirmed: their status is read first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations.activecampaign import CALLS_PER_SECOND, SUBSCRIBED
from sync.destinations.activecampaign_answers import contact_id, is_nobody
from sync.destinations.activecampaign_setup import PAGE
from sync.destinations.addresses import address, cannot_be_named
from sync.destinations.named_list import NamedList
from sync.destinations.one_by_one import one_by_one
from sync.errors import Ambiguous, ConfigError, DestinationError
from sync.http import HttpClient

MAX_BATCH = 50
CALLS_PER_ROW = 2


def capabilities(calls_per_second: int = CALLS_PER_SECOND) -> Capabilities:
    """Say what can be done with a list, at a number of calls a second."""
    return Capabilities(
        modes=frozenset({"append"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_second / CALLS_PER_ROW,
        consent="email_marketing",
        max_in_flight=4,
        rows_per_call=1,
    )


class ActiveCampaignListMembers:
    """The members of one list, which is named by its number or its name."""

    name = "activecampaign_list"

    def __init__(
        self, http: HttpClient, list_: str, *, calls_per_second: int = CALLS_PER_SECOND
    ) -> None:
        self._http = http
        self._list = NamedList(http, "ActiveCampaign", "/lists", list_, page=PAGE)
        self.capabilities = capabilities(calls_per_second)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Put contacts on the list that may be."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"ActiveCampaign: a batch has {MAX_BATCH} rows, not {len(changes)}.")
        done = {outcome.token: outcome for outcome in cannot_be_named(changes)}
        return one_by_one(changes, lambda change: done.get(change.token) or self._add(change))

    def check(self) -> list[Finding]:
        """Look the list up."""
        return [Finding("key", ok=True, detail="accepted"), self._list.finding()]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the list is there: it wants a sender's address, so people make it."""
        return [self._list.step()]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Change nothing."""
        return self.plan_setup(fields)

    def _add(self, change: Change) -> Outcome:
        if change.operation in ("remove", "erase"):
            raise ConfigError("ActiveCampaign lists: nobody is taken off one.")
        list_ = self._list.number()
        name = change.record_id or self._looked_up(change)
        held = self._status(name, list_) if name else None
        if name is None or held is None:
            why = "ActiveCampaign has no such contact."
            return Outcome(change.token, "rejected", change.record_id, "CONTACT_NOT_FOUND", why)
        if held not in ("", str(SUBSCRIBED)):
            why = "The contact left the list, bounced or never confirmed, and is not subscribed."
            return Outcome(change.token, "rejected", name, "RE_SUBSCRIBE", why)
        if not held:
            member = {"list": list_, "contact": int(name), "status": SUBSCRIBED}
            body = {"contactList": member}
            answer = self._http.send("POST", "/contactLists", body=body, idempotent=True)
            if not isinstance((answer.body or {}).get("contactList"), Mapping):
                return Outcome(change.token, "pending", name)
        return Outcome(change.token, "accepted", name)

    def _status(self, name: str, list_: int) -> str | None:
        """Give the status of a contact on the list; empty: never was there; None: no contact."""
        path = f"/contacts/{quote(name, safe='')}/contactLists"
        answer = self._http.send("GET", path, idempotent=True, accept={404})
        if is_nobody(answer):
            return None
        found = (answer.body or {}).get("contactLists")
        if answer.status == 404:
            raise DestinationError(f"{answer}. Check ACTIVECAMPAIGN_API_URL.")
        if not isinstance(found, list):
            raise Ambiguous(f"{answer} without the lists of a contact.")
        for one in found:
            if isinstance(one, Mapping) and str(one.get("list")) == str(list_):
                return str(one.get("status"))
        return ""

    def _looked_up(self, change: Change) -> str | None:
        found = self._http.get("/contacts", query={"email": address(change)}).get("contacts")
        if not isinstance(found, list):
            raise DestinationError("ActiveCampaign does not say who has an address.")
        return next((name for one in found if (name := contact_id({"contact": one}))), None)
