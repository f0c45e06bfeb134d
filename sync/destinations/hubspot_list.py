"""The members of a HubSpot list that people and APIs fill, not a filter: a static list.

A member is named by the record id of the contact; where that is not known, it is looked up by our
own unique property. Who is in the list already, or out of it, is none the worse for being added or
removed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations.hubspot import WINDOW_SECONDS
from sync.destinations.hubspot_answers import NOT_FOUND
from sync.destinations.hubspot_lookup import look_up
from sync.errors import AccessRefused, Ambiguous, ConfigError
from sync.http import HttpClient

MAX_BATCH = 500
CONTACTS = "0-1"
# Both spellings: the specification has the first.
TOLD = ("recordsIdsAdded", "recordIdsAdded", "recordIdsRemoved")
MISSING = "recordIdsMissing"
FILLED_BY_HAND = frozenset({"MANUAL", "SNAPSHOT"})


def capabilities(calls_per_window: int = 100) -> Capabilities:
    """Say what can be done with a list, at a number of calls in ten seconds."""
    return Capabilities(
        modes=frozenset({"audience"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_window * MAX_BATCH / WINDOW_SECONDS,
        removal="delete",
        max_in_flight=2,
    )


class HubSpotListMembers:
    """The members of one list, which is named by its id or its name."""

    name = "hubspot_list"

    def __init__(
        self,
        http: HttpClient,
        list_: str,
        *,
        version: str = "2026-09",
        unique_property: str = "decile_contact_id",
        calls_per_window: int = 100,
    ) -> None:
        self._http = http
        self._list = list_.strip()
        self._lists = f"/crm/lists/{version}"
        self._objects = f"/crm/objects/{version}/contacts"
        self._unique_property = unique_property
        self._id: str | None = None
        self.capabilities = capabilities(calls_per_window)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Add and remove members in one call."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"HubSpot lists take {MAX_BATCH} members a call, not {len(changes)}.")
        ids = self._record_ids(changes)
        out = [ids[change.token] for change in changes if change.operation == "remove"]
        in_ = [ids[change.token] for change in changes if change.operation != "remove"]
        body = {
            "recordIdsToAdd": sorted({one for one in in_ if one}),
            "recordIdsToRemove": sorted({one for one in out if one}),
        }
        missing = self._write(body) if any(body.values()) else frozenset[str]()
        return [_outcome(change, ids[change.token], missing) for change in changes]

    def check(self) -> list[Finding]:
        """Look the list up, which takes the right to read lists."""
        found = self._found()
        there = Finding("list", ok=False, detail=f"there is none called {self._list}")
        if found is not None:
            problem = _problem(found)
            size = "can be read; a right to write shows at a write"
            there = Finding("list", ok=not problem, detail=problem or size)
        return [Finding("token", ok=True, detail="accepted"), there]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the list is there, and is one that can be written to."""
        found = self._found()
        if found is None and self._list.isdigit():
            detail = "there is no list of this id. Give its name to have it made."
            return [SetupStep(self._list, "conflict", detail)]
        if found is None:
            return [SetupStep(self._list, "create", "static list of contacts")]
        if problem := _problem(found):
            return [SetupStep(self._list, "conflict", problem)]
        return [SetupStep(self._list, "exists", "static list of contacts")]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Make the list, if it is called by a name and missing."""
        steps = self.plan_setup(fields)
        if steps[0].action == "create":
            body = {"name": self._list, "objectTypeId": CONTACTS, "processingType": "MANUAL"}
            self._http.post(self._lists, body, idempotent=False)
        return steps

    def _write(self, body: Mapping[str, list[str]]) -> frozenset[str]:
        """Give the ids that HubSpot has no contact for; all others are as they should be."""
        path = f"{self._lists}/{self._list_id()}/memberships/add-and-remove"
        answer = self._http.send("PUT", path, body=body, idempotent=True)
        found = answer.body or {}
        if not any(isinstance(found.get(name), list) for name in (*TOLD, MISSING)):
            raise Ambiguous(f"{answer} without a word of the members.")
        missing = found.get(MISSING)
        return frozenset(map(str, missing)) if isinstance(missing, list) else frozenset()

    def _list_id(self) -> str:
        if self._id is None:
            found = self._found()
            if found is None:
                raise AccessRefused(
                    f"HubSpot has no list {self._list}. `decile setup hubspot` makes one."
                )
            if problem := _problem(found):
                raise AccessRefused(f"HubSpot's list {self._list} {problem}")
            self._id = str(found.get("listId"))
        return self._id

    def _found(self) -> Mapping[str, object] | None:
        name = f"object-type-id/{CONTACTS}/name/{quote(self._list, safe='')}"
        path = f"{self._lists}/{self._list if self._list.isdigit() else name}"
        answer = self._http.send("GET", path, idempotent=True, accept={404})
        if answer.status == 404:
            return None
        found = (answer.body or {}).get("list")
        if not isinstance(found, Mapping) or not str(found.get("listId", "")).isdigit():
            raise Ambiguous(f"{answer} without a list.")
        return found

    def _record_ids(self, changes: Sequence[Change]) -> dict[str, str | None]:
        """Give the record id of each change, None where HubSpot has no such contact."""
        keys = {one.unique_key for one in changes if not one.record_id and one.unique_key}
        found = look_up(self._http, self._objects, self._unique_property, keys)
        return {one.token: one.record_id or found.get(one.unique_key) for one in changes}


def _outcome(change: Change, record_id: str | None, missing: frozenset[str]) -> Outcome:
    if record_id and record_id not in missing:
        return Outcome(change.token, "accepted", record_id)
    if change.operation == "remove":  # who is not there is not in the list either
        return Outcome(change.token, "accepted", change.record_id)
    return Outcome(
        change.token, "rejected", change.record_id, NOT_FOUND, "HubSpot has no such contact."
    )


def _problem(found: Mapping[str, object]) -> str | None:
    if found.get("objectTypeId") != CONTACTS:
        return "is not a list of contacts. Name another."
    if found.get("processingType") not in FILLED_BY_HAND:
        return "is filled by a filter. Name a static one."
    return None
