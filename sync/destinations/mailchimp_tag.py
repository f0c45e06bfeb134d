"""The members of a Mailchimp audience that have a tag: one call each, given or taken away.

A tag says nothing of a subscription. Who has it already, or lacks it, is none the worse for being
given it or relieved of it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations.addresses import address, addresses, cannot_be_named
from sync.destinations.mailchimp import CALLS_PER_SECOND, hashed, member_id
from sync.destinations.mailchimp_setup import ADDRESS
from sync.destinations.one_by_one import one_by_one
from sync.errors import ConfigError
from sync.http import HttpClient

MAX_BATCH = 100
REMOVALS = ("remove", "erase")


def capabilities(calls_per_second: int = CALLS_PER_SECOND) -> Capabilities:
    """Say what can be done with a tag, at a number of calls a second."""
    return Capabilities(
        modes=frozenset({"audience"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_second,
        removal="delete",
        consent="email_marketing",
        found_by=frozenset({ADDRESS}),
        unique_key_is=ADDRESS,
        max_in_flight=8,
        rows_per_call=1,
    )


class MailchimpTagMembers:
    """Who has one tag in one audience."""

    name = "mailchimp_tag"

    def __init__(
        self, http: HttpClient, audience: str, tag: str, *, calls_per_second: int = CALLS_PER_SECOND
    ) -> None:
        self._http = http
        self._list = f"/lists/{quote(audience, safe='')}"
        self._tag = tag.strip()
        self._is_found = False
        self.capabilities = capabilities(calls_per_second)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Give and take the tag, one member after the other."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Mailchimp: a batch has {MAX_BATCH} rows, not {len(changes)}.")
        if changes and not self._is_found:
            self._look()  # a 404 has to mean the member, and not the audience
            self._is_found = True
        done = {outcome.token: outcome for outcome in cannot_be_named(changes)}
        return one_by_one(changes, lambda change: done.get(change.token) or self._write(change))

    def check(self) -> list[Finding]:
        """Read the audience."""
        self._http.get("/ping")
        self._look()
        return [
            Finding("key", ok=True, detail="accepted"),
            Finding("audience", ok=True, detail="can be read; a right to write shows at a write"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say that nothing is needed."""
        self._look()
        return [SetupStep(self._tag, "exists", "a tag comes to be with its first member")]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Change nothing."""
        return self.plan_setup(fields)

    def _look(self) -> None:
        self._http.get(self._list, query={"fields": "id,name"})

    def _write(self, change: Change) -> Outcome:
        """Go by the id, and where nobody has it by the address, which may be another one now."""
        named = [change.record_id, member_id(change)] if address(change) else [change.record_id]
        now = list(dict.fromkeys(name for name in named if name))
        all_known = dict.fromkeys([*now, *(hashed(one) for one in addresses(change, ADDRESS))])
        member, status = now[0], 404
        if change.operation not in REMOVALS:
            for member in now:
                if (status := self._set(member, "active")) != 404:
                    break
            if status == 404:
                why = "The audience has no such member: archived, or deleted for good."
                return Outcome(change.token, "rejected", change.record_id, "MEMBER_NOT_FOUND", why)
            all_known = {name: None for name in all_known if name not in now}
        statuses = {status, *(self._set(name, "inactive") for name in all_known)}
        if not statuses <= {204, 404}:
            return Outcome(change.token, "pending", change.record_id)
        return Outcome(change.token, "accepted", member)

    def _set(self, member: str, status: str) -> int:
        path = f"{self._list}/members/{quote(member, safe='')}/tags"
        body = {"tags": [{"name": self._tag, "status": status}]}
        answer = self._http.send("POST", path, body=body, idempotent=True, accept={404})
        return answer.status
