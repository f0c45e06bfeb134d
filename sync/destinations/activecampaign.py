"""ActiveCampaign contacts, by the API v3.

A known contact is updated by its id, many of them by an import. An unknown one is looked up by its
address, and synchronised by it where nobody has it. No such call says anything of a subscription;
only a contact that the call says is new gets onto a list. All of them may be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sync.answers import Answer
from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations import activecampaign_setup
from sync.destinations.activecampaign_answers import contact_id, is_nobody, refused
from sync.destinations.activecampaign_import import (
    IMPORT_FROM,
    MAX_ROWS,
    can_import,
    import_known,
)
from sync.destinations.activecampaign_setup import ADDRESS, STANDARD
from sync.destinations.addresses import address, addresses, cannot_be_named, having, in_doubt
from sync.destinations.one_by_one import one_by_one
from sync.errors import AccessRefused, ConfigError, DestinationError
from sync.http import HttpClient

MAX_BATCH = MAX_ROWS
CALLS_PER_SECOND = 5
CALLS_PER_BATCH = 4
SUBSCRIBED = 1


def capabilities(calls_per_second: int = CALLS_PER_SECOND) -> Capabilities:
    """Say what ActiveCampaign contacts can do, at a number of calls a second."""
    return Capabilities(
        modes=frozenset({"update", "upsert", "create", "mirror"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_second * MAX_BATCH / CALLS_PER_BATCH,
        removal="clear",
        erases=True,
        consent_for_new="email_marketing",
        found_by=frozenset({ADDRESS}),
        unique_key_is=ADDRESS,
        max_in_flight=4,
    )


class ActiveCampaignContacts:
    """The contacts of one account. `new_in` is the id of the list that new ones get onto."""

    name = "activecampaign"

    def __init__(
        self,
        http: HttpClient,
        *,
        new_in: int | None = None,
        calls_per_second: int = CALLS_PER_SECOND,
    ) -> None:
        self._http = http
        self._new_in = new_in
        self._ids: Mapping[str, str] | None = None
        self.capabilities = capabilities(calls_per_second)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Import known contacts where they are many; write the others one by one."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"ActiveCampaign: a batch has {MAX_BATCH} rows, not {len(changes)}.")
        self._stop_at_unknown_fields(changes)
        done = {outcome.token: outcome for outcome in cannot_be_named(changes)}
        known = [one for one in changes if one.token not in done and can_import(one)]
        if len(known) >= IMPORT_FROM:
            done |= import_known(self._http, [one.for_known() for one in known], self._field_ids())
        return one_by_one(changes, lambda change: done.get(change.token) or self._write(change))

    def check(self) -> list[Finding]:
        """Read the user of the key, and the fields."""
        self._http.get("/users/me")
        count = len(activecampaign_setup.custom_fields(self._http))
        return [
            Finding("key", ok=True, detail="accepted"),
            Finding("fields", ok=True, detail=f"{count:,} can be read"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which custom fields are there, missing, or there with a type that does not fit."""
        return activecampaign_setup.plan(self._http, fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the custom fields that are missing; change nothing that exists."""
        self._ids = None
        return activecampaign_setup.apply(self._http, fields)

    def _write(self, change: Change) -> Outcome:
        if change.operation == "erase":
            return self._erase(change)
        for name in self._known_as(change):
            body = {"contact": self._contact(change.for_known())}
            answer = self._send("PUT", f"/contacts/{quote(name, safe='')}", body)
            if not is_nobody(answer):
                return _outcome(change, answer)
        if not change.record_id and change.operation in ("upsert", "create"):
            return self._synchronise(change)
        if change.operation == "remove":
            return Outcome(change.token, "accepted", change.record_id)
        why = "ActiveCampaign has no such contact: it was deleted there."
        return Outcome(change.token, "rejected", change.record_id, "CONTACT_NOT_FOUND", why)

    def _synchronise(self, change: Change) -> Outcome:
        contact = {**self._contact(change.for_new()), ADDRESS: address(change)}
        answer = self._http.send(
            "POST", "/contact/sync", body={"contact": contact}, idempotent=True
        )
        outcome = _outcome(change, answer)
        # 200: it was there. Who is there may have left the list, and must not get back onto it.
        if answer.status == 201 and self._new_in is not None and outcome.destination_id:
            subscription = {
                "list": self._new_in,
                "contact": int(outcome.destination_id),
                "status": SUBSCRIBED,
            }
            body = {"contactList": subscription}
            self._http.send("POST", "/contactLists", body=body, idempotent=True)
        return outcome

    def _erase(self, change: Change) -> Outcome:
        """Erase by id, and where that is gone whoever has an address of the row."""
        is_known = bool(change.record_id) and self._delete(str(change.record_id))
        named = in_doubt(change, ADDRESS) if is_known else addresses(change, ADDRESS)
        known = [name for one in named for name in self._ids_of(one)]
        for name in dict.fromkeys(known):
            self._delete(name)
        return Outcome(change.token, "accepted", change.record_id or next(iter(known), None))

    def _delete(self, name: str) -> bool:
        return not is_nobody(self._send("DELETE", f"/contacts/{quote(name, safe='')}"))

    def _known_as(self, change: Change) -> list[str]:
        """Give the id of the contact, looked up by the address where it is not known."""
        return [change.record_id] if change.record_id else self._ids_of(address(change))

    def _ids_of(self, asked: str) -> list[str]:
        found = self._http.get("/contacts", query={"email": asked}).get("contacts")
        if not isinstance(found, list):
            raise DestinationError("ActiveCampaign does not say who has an address.")
        people = [
            (str(item.get("email")), name)
            for item in found
            if isinstance(item, Mapping) and (name := contact_id({"contact": item}))
        ]
        return having("ActiveCampaign", asked, people)

    def _send(self, method: str, path: str, body: object = None) -> Answer:
        answer = self._http.send(method, path, body=body, idempotent=True, accept={404})
        if answer.status == 404 and not is_nobody(answer):
            raise DestinationError(f"{answer}. Check ACTIVECAMPAIGN_API_URL.")
        return answer

    def _contact(self, change: Change) -> dict[str, object]:
        """Give the body of a contact; an empty text clears. A removal leaves the address."""
        ids = self._field_ids()
        own: dict[str, object] = {
            name: (value or "").strip().lower() if name == ADDRESS else value or ""
            for name, value in change.fields.items()
            if name in STANDARD and (value or name != ADDRESS)
        }
        values = [
            {"field": ids[name], "value": value or ""}
            for name, value in change.fields.items()
            # What was deleted there since needs no clearing.
            if name in ids
        ]
        return {**own, "fieldValues": values}

    def _field_ids(self) -> Mapping[str, str]:
        """Give the id of each custom field by its tag."""
        if self._ids is None:
            found = activecampaign_setup.custom_fields(self._http)
            self._ids = {tag: str(field.get("id")) for tag, field in found.items()}
        return self._ids

    def _stop_at_unknown_fields(self, changes: Sequence[Change]) -> None:
        asked = {
            name
            for change in changes
            if change.operation not in ("remove", "erase")
            for name in change.fields
        } - STANDARD
        if missing := sorted(asked - self._field_ids().keys()) if asked else []:
            raise AccessRefused(
                f"ActiveCampaign: contacts lack the fields {', '.join(missing)}."
                " `decile setup activecampaign` creates them."
            )


def _outcome(change: Change, answer: Answer) -> Outcome:
    """Believe no status: some failures come as 200, without a contact."""
    if (answer.body or {}).get("errors"):
        raise refused(answer)
    if found := contact_id(answer.body or {}):
        return Outcome(change.token, "accepted", found)
    return Outcome(change.token, "pending", change.record_id)
