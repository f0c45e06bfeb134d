"""The members of a static list of Marketo, by the ids of leads: up to 300 a call.

Who is on the list already, or off it, is none the worse for being added or removed again.
"""

from __future__ import annotations

from collections.abc import Sequence

from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations.marketo import MAX_BATCH, WINDOW_SECONDS
from sync.destinations.marketo_answers import (
    Item,
    gone_is_done,
    items,
    no_number,
    read_outcomes,
    refused,
)
from sync.errors import AccessRefused, ConfigError
from sync.http import HttpClient

LISTS = "/rest/v1/lists.json"
ADDED = frozenset({"added", "memberof"})
REMOVED = frozenset({"removed", "notmemberof"})


def capabilities(calls_per_window: int = 90) -> Capabilities:
    """Say what can be done with a list, at a number of calls in twenty seconds."""
    return Capabilities(
        modes=frozenset({"audience"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_window * MAX_BATCH / WINDOW_SECONDS,
        removal="delete",
        consent="email_marketing",
        max_in_flight=4,
    )


class MarketoListMembers:
    """The members of one list, which is named by its id or its name."""

    name = "marketo_list"

    def __init__(self, http: HttpClient, list_: str, *, calls_per_window: int = 90) -> None:
        self._http = http
        self._list = list_.strip()
        self._id: int | None = None
        self.capabilities = capabilities(calls_per_window)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Add members in one call, and remove others in one."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Marketo takes {MAX_BATCH} members a call, not {len(changes)}.")
        outcomes, named = [], []
        for change in changes:
            if problem := no_number(change):
                outcomes.append(refused(change, problem))
            else:
                named.append(change)
        out = [change for change in named if change.operation == "remove"]
        outcomes += self._write("POST", [one for one in named if one not in out], ADDED)
        outcomes += self._write("DELETE", out, REMOVED)
        by_token = {outcome.token: outcome for outcome in outcomes}
        return [by_token[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Look the list up, which takes the right to read leads."""
        found = self._found()
        detail = _problem(found) or "can be read; a right to write shows at a write"
        return [
            Finding("token", ok=True, detail="accepted"),
            Finding("list", ok=len(found) == 1, detail=detail),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the list is there: Marketo wants a folder for it, so people make it."""
        problem = _problem(self._found())
        return [SetupStep(self._list, "conflict" if problem else "exists", problem or "a list")]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Change nothing."""
        return self.plan_setup(fields)

    def _write(self, method: str, changes: Sequence[Change], done: frozenset[str]) -> list[Outcome]:
        if not changes:
            return []
        ids = dict.fromkeys(int(str(change.record_id)) for change in changes)
        path = f"/rest/v1/lists/{self._list_id()}/leads.json"
        body = {"input": [{"id": number} for number in ids]}
        answer = self._http.send(method, path, body=body, idempotent=True).body or {}
        outcomes = read_outcomes(changes, answer, done=done)
        return [gone_is_done(*pair) for pair in zip(changes, outcomes, strict=True)]

    def _list_id(self) -> int:
        if self._id is None:
            found = self._found()
            if problem := _problem(found):
                raise AccessRefused(f"Marketo, list {self._list}: {problem}")
            self._id = int(str(found[0]["id"]))
        return self._id

    def _found(self) -> list[Item]:
        """Give the lists that are called so: programs may each have one of the same name."""
        key = "id" if self._list.isascii() and self._list.isdigit() else "name"
        found = items(self._http.get(LISTS, query={key: self._list}), "result")
        return [one for one in found if str(one.get(key)) == self._list and "id" in one]


def _problem(found: Sequence[Item]) -> str | None:
    if not found:
        return "there is none. Make a static list in Marketo, or check sync.settings.list."
    return "several are called so. Give the id of one." if len(found) > 1 else None
