"""Members of a Mailchimp audience, by the Marketing API 3.0.

A member is known by the MD5 of the address, which is its record id. A known one is updated by a
call of its own, or many in one asynchronous batch of such calls, which say nothing of the status
of the subscription; an unknown one is added in a call that leaves alone whoever is there already,
and those are then updated like the others.
So no call can subscribe again somebody who left. All calls may be repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations import mailchimp_setup
from sync.destinations.addresses import (
    address,
    addresses,
    cannot_be_named,
    cannot_be_read,
    in_doubt,
    native,
)
from sync.destinations.mailchimp_answers import EXISTS, read_batch, read_member
from sync.destinations.mailchimp_batches import Batches
from sync.destinations.mailchimp_setup import ADDRESS
from sync.destinations.one_by_one import one_by_one
from sync.errors import AccessRefused, ConfigError, DestinationError
from sync.http import HttpClient

MAX_BATCH = 500
# Fewer updates take a call each: to wait for a batch would take longer.
BATCH_FROM = 50
CALLS_PER_SECOND = 10
# A guess, for estimates: nobody says how fast a batch is worked off.
ROWS_PER_SECOND = 50
# A required merge field that is empty is no reason to refuse a score.
LENIENT = {"skip_merge_validation": "true"}


def capabilities() -> Capabilities:
    """Say what an audience can do. Of batches, an account works off one at a time."""
    return Capabilities(
        modes=frozenset({"update", "upsert", "create", "mirror"}),
        max_batch=MAX_BATCH,
        rows_per_second=ROWS_PER_SECOND,
        removal="clear",
        erases=True,
        consent_for_new="email_marketing",
        found_by=frozenset({ADDRESS}),
        unique_key_is=ADDRESS,
        max_in_flight=2,
    )


class MailchimpMembers:
    """The members of one audience. `status` is that of members it adds."""

    name = "mailchimp"

    def __init__(
        self,
        http: HttpClient,
        audience: str,
        *,
        status: str = "transactional",
    ) -> None:
        self._http = http
        self._list = f"/lists/{quote(audience, safe='')}"
        self._status = status
        self._kinds: Mapping[str, str] | None = None
        self.capabilities = capabilities()
        self._batches = Batches(http)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Add unknown members in one call, then update the known ones: each by itself, or many."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Mailchimp: a batch has {MAX_BATCH} rows, not {len(changes)}.")
        self._stop_at_unknown_fields(changes)
        done = {outcome.token: outcome for outcome in cannot_be_named(changes)}
        done |= {one.token: one for one in cannot_be_read(changes, self._merge_fields)}
        new = [
            change
            for change in changes
            if change.operation in ("upsert", "create") and not change.record_id
        ]
        done |= self._add([change for change in new if change.token not in done])
        updates = [
            change for change in changes if change.operation != "erase" and change.token not in done
        ]
        if len(updates) >= BATCH_FROM:
            done |= self._update_many(updates, is_first=not done)
        return one_by_one(changes, lambda change: done.get(change.token) or self._write(change))

    def check(self) -> list[Finding]:
        """Read the audience and its merge fields."""
        self._http.get("/ping")
        self._http.get(self._list, query={"fields": "id,name"})
        count = len(mailchimp_setup.merge_fields(self._http, self._list))
        return [
            Finding("key", ok=True, detail="accepted"),
            Finding("audience", ok=True, detail="can be read"),
            Finding("merge fields", ok=True, detail=f"{count:,} can be read"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which merge fields are there, missing, or there with a type that does not fit."""
        return mailchimp_setup.plan(self._http, self._list, fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the merge fields that are missing; change nothing that exists."""
        self._kinds = None
        return mailchimp_setup.apply(self._http, self._list, fields)

    def _add(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        """Add members; of one who is there already nothing is said, nor changed."""
        if not changes:
            return {}
        members = [
            {
                "email_address": address(change),
                "status": self._status,
                "merge_fields": self._merge_fields(change.for_new()),
            }
            for change in changes
        ]
        body = {"members": members, "update_existing": False, "sync_tags": False}
        answer = self._http.send("POST", self._list, query=LENIENT, body=body, idempotent=True)
        outcomes = read_batch(changes, answer.body or {})
        return {one.token: one for one in outcomes if one.error_code != EXISTS}

    def _write(self, change: Change) -> Outcome:
        if change.operation == "erase":
            return self._erase(change)
        path, body = self._update(change)
        answer = self._http.send(
            "PATCH", path, query=LENIENT, body=body, idempotent=True, accept={404}
        )
        return read_member(change, answer)

    def _update_many(self, changes: Sequence[Change], *, is_first: bool) -> dict[str, Outcome]:
        """Update members in one batch; `is_first`: nothing was answered yet that could get lost."""
        updates = [self._update(change) for change in changes]
        try:
            outcomes = self._batches.update(changes, updates, LENIENT)
        except DestinationError as error:
            if is_first:
                raise
            code, why = error.ledger_code, str(error)
            outcomes = [
                Outcome(change.token, "pending", change.record_id, code, why) for change in changes
            ]
        return {outcome.token: outcome for outcome in outcomes}

    def _path(self, change: Change) -> str:
        return f"{self._list}/members/{quote(change.record_id or member_id(change), safe='')}"

    def _update(self, change: Change) -> tuple[str, dict[str, object]]:
        """Give the path and the body of an update. It says nothing of the status."""
        change = change.for_known()
        body: dict[str, object] = {"merge_fields": self._merge_fields(change)}
        if change.record_id and (moved := change.fields.get(ADDRESS)):
            body["email_address"] = moved.strip().lower()
        return self._path(change), body

    def _erase(self, change: Change) -> Outcome:
        """Erase by id, and where that is gone whoever has an address of the row."""
        self._tags()  # a 404 has to mean the member, and not the audience
        known = bool(change.record_id) and self._delete(str(change.record_id))
        named = in_doubt(change, ADDRESS) if known else addresses(change, ADDRESS)
        for name in dict.fromkeys(hashed(one) for one in named):
            if name != change.record_id:
                self._delete(name)
        return Outcome(change.token, "accepted", change.record_id)

    def _delete(self, name: str) -> bool:
        path = f"{self._list}/members/{quote(name, safe='')}/actions/delete-permanent"
        return self._http.send("POST", path, idempotent=True, accept={404}).status != 404

    def _merge_fields(self, change: Change) -> dict[str, object]:
        kinds = self._tags()
        return {
            tag: native(value, "number" if kinds[tag] == "number" else "string", tag)
            for tag, value in change.fields.items()
            # What was deleted in Mailchimp since needs no clearing.
            if tag != ADDRESS and tag in kinds
        }

    def _tags(self) -> Mapping[str, str]:
        """Give the type of each merge field by its tag."""
        if self._kinds is None:
            found = mailchimp_setup.merge_fields(self._http, self._list)
            self._kinds = {tag: str(field.get("type")) for tag, field in found.items()}
        return self._kinds

    def _stop_at_unknown_fields(self, changes: Sequence[Change]) -> None:
        """Mailchimp takes a merge field that it does not have, and keeps nothing of it."""
        asked = {
            name
            for change in changes
            if change.operation not in ("remove", "erase")
            for name in change.fields
        } - {ADDRESS}
        if missing := sorted(asked - self._tags().keys()) if asked else []:
            raise AccessRefused(
                f"Mailchimp: the audience lacks the merge fields {', '.join(missing)}."
                " `decile setup mailchimp` creates them."
            )


def member_id(change: Change) -> str:
    """Give the id that Mailchimp makes of an address."""
    return hashed(address(change))


def hashed(text: str) -> str:
    """Give the MD5 of an address, as Mailchimp makes it."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
