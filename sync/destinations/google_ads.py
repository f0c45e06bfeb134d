"""Customer lists of Google Ads, by the Data Manager API: people added and removed by hashes.

A request with a bad member is refused as a whole, and says which it is: that one is left out and
the rest is sent again. What is accepted is worked off later, so each row remembers its request:
see collect(). Whoever has another address now is taken out by the old one first. Adding and
removing repeat without harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.answers import Answer
from sync.changes import Capabilities, Change, Collected, Field, Finding, Outcome, SetupStep
from sync.destinations.google_ads_answers import classify, collected, refused_members
from sync.destinations.google_ads_rows import Identifier, identifiers, known_by, members
from sync.destinations.google_ads_setup import UserList
from sync.errors import Ambiguous, BatchRefused, ConfigError
from sync.http import HttpClient

MAX_BATCH = 10_000
WINDOW_SECONDS = 60.0
REFERENCE = "list"
# So often a request is sent again without the members that it was refused for.
ROUNDS = 20
GRANTED = {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"}


def capabilities(calls_per_minute: int = 300) -> Capabilities:
    """Say what a customer list can do, at a number of calls in a minute."""
    return Capabilities(
        modes=frozenset({"audience"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_minute * MAX_BATCH / WINDOW_SECONDS,
        removal="delete",
        erases=True,
        consent="ad_targeting",
    )


class GoogleAdsList:
    """The members of one customer list."""

    name = "google_ads_members"

    def __init__(
        self, http: HttpClient, user_list: UserList, *, calls_per_minute: int = 300
    ) -> None:
        self._http = http
        self._list = user_list
        self.capabilities = capabilities(calls_per_minute)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Remove first, by what was sent before; then add."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Google takes {MAX_BATCH:,} people a call, not {len(changes):,}.")
        leaving = [one for one in changes if one.operation in ("remove", "erase")]
        staying = [one for one in changes if one.operation not in ("remove", "erase")]
        people = {one.token: identifiers(one.fields) for one in staying}
        former = {one.token: _former(one, people[one.token]) for one in staying}
        outcomes = self._send(
            "remove", leaving, {one.token: known_by(one.previous) for one in leaving}
        )
        changed = self._send("remove", [one for one in staying if former[one.token]], former)
        # Whoever cannot be taken out by the old address would be there twice, one of them for ever.
        outcomes |= {name: one for name, one in changed.items() if one.status == "rejected"}
        staying = [one for one in staying if one.token not in outcomes]
        outcomes |= self._send("ingest", staying, people)
        return [outcomes[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Read the list."""
        return self._list.check()

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the list is there, and which fields Google does not know."""
        return self._list.plan(fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the list if it is named and not there."""
        return self._list.apply(fields)

    def collect(self, request_id: str) -> Collected:
        """Ask what became of a request; Google takes from half an hour to a day."""
        query = {"requestId": request_id}
        answer = self._http.send("GET", "/v1/requestStatus:retrieve", query=query, idempotent=True)
        return collected(answer.body or {})

    def _send(
        self,
        call: str,
        changes: Sequence[Change],
        people: Mapping[str, Sequence[Identifier]],
    ) -> dict[str, Outcome]:
        outcomes = {one.token: _nobody(one) for one in changes if not people[one.token]}
        waiting = [one for one in changes if people[one.token]]
        for _ in range(ROUNDS):
            if not waiting:
                return outcomes
            answer = self._request(call, [people[one.token] for one in waiting])
            refused = refused_members(answer) if answer.status == 400 else {}
            if answer.status != 400:
                request = (answer.body or {}).get("requestId")
                if not isinstance(request, str):
                    raise Ambiguous(f"{answer} without the id of a request.")
                return outcomes | {
                    one.token: _accepted(one, request, place) for place, one in enumerate(waiting)
                }
            if not refused:
                raise classify(answer) or BatchRefused(f"{answer}.", code="400")
            for place, code in refused.items():
                if place < len(waiting):
                    outcomes[waiting[place].token] = _rejected(waiting[place], code)
            waiting = [one for place, one in enumerate(waiting) if place not in refused]
        raise BatchRefused(f"Google refused a batch {ROUNDS} times.", code="INVALID_ARGUMENT")

    def _request(self, call: str, people: Sequence[Sequence[Identifier]]) -> Answer:
        body: dict[str, object] = {
            "destinations": [self._list.destination(REFERENCE)],
            "audienceMembers": members(people, REFERENCE),
            "encoding": "HEX",
        }
        if call == "ingest":
            body["consent"] = GRANTED
            body["termsOfService"] = {"customerMatchTermsOfServiceStatus": "ACCEPTED"}
        path = f"/v1/audienceMembers:{call}"
        return self._http.send("POST", path, body=body, idempotent=True, accept={400})


def _former(change: Change, now: Sequence[Identifier]) -> list[Identifier]:
    """Give what somebody was known by before and is not any more."""
    return [one for one in known_by(change.previous) if one not in now]


def _accepted(change: Change, request: str, place: int) -> Outcome:
    return Outcome(
        change.token,
        "accepted",
        change.record_id or change.key,
        request_id=request,
        request_row=place,
    )


def _rejected(change: Change, code: str) -> Outcome:
    return Outcome(change.token, "rejected", change.record_id, code, "Google refused the member.")


def _nobody(change: Change) -> Outcome:
    message = "Nothing is left of the row by which Google could know a person."
    return Outcome(change.token, "rejected", change.record_id, "NO_IDENTIFIER", message)
