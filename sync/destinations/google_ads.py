"""Customer lists of Google Ads, by the Data Manager API: people added and removed by hashes.

A request with a bad member is refused as a whole, and says which it is: that one is left out and
the rest is sent again. What is accepted is worked off later, so each row remembers its request:
see collect(). Whoever has another address now is taken out by the old one first. Adding and
removing repeat without harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.answers import Answer
from sync.changes import Capabilities, Change, Collected, Outcome
from sync.destinations.ad_audience import MAX_BATCH, AdAudience, accepted, audience_capabilities
from sync.destinations.google_ads_answers import classify, collected, refused_members
from sync.destinations.google_ads_rows import FIELDS, Identifier, identifiers, known_by, members
from sync.destinations.google_ads_setup import UserList
from sync.errors import Ambiguous, BatchRefused
from sync.http import HttpClient

WINDOW_SECONDS = 60.0
REFERENCE = "list"
# So often a request is sent again without the members that it was refused for.
ROUNDS = 20
# What a member of a request can be known by at most.
IDENTIFIERS = 10
GRANTED = {"adUserData": "CONSENT_GRANTED", "adPersonalization": "CONSENT_GRANTED"}


def capabilities(calls_per_minute: int = 300) -> Capabilities:
    """Say what a customer list can do, at a number of calls in a minute."""
    return audience_capabilities(calls_per_minute * MAX_BATCH / WINDOW_SECONDS, FIELDS)


class GoogleAdsList(AdAudience):
    """The members of one customer list."""

    name = "google_ads_members"
    platform = "Google"

    def __init__(
        self, http: HttpClient, user_list: UserList, *, calls_per_minute: int = 300
    ) -> None:
        super().__init__(user_list, capabilities(calls_per_minute))
        self._http = http
        self._list = user_list

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Remove first, by what was sent before; then add."""
        leaving, staying = self._parted(changes)
        people = {one.token: identifiers(one.fields) for one in staying}
        former = {one.token: _former(one, people[one.token]) for one in staying}
        outcomes = self._send("remove", leaving, {one.token: known_by(one) for one in leaving})
        changed = self._send("remove", [one for one in staying if former[one.token]], former)
        # Whoever cannot be taken out by the old address would be there twice, one of them for ever.
        outcomes |= {name: one for name, one in changed.items() if one.status == "rejected"}
        staying = [one for one in staying if one.token not in outcomes]
        for name, one in self._send("ingest", staying, people).items():
            outcomes[name] = _following(changed[name], one) if name in changed else one
        return [outcomes[change.token] for change in changes]

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
        outcomes = {one.token: self._nobody(one) for one in changes if not people[one.token]}
        waiting = [(one, part) for one in changes for part in _parts(people[one.token])]
        for _ in range(ROUNDS):
            if not waiting:
                return outcomes
            answer = self._request(call, [part for _, part in waiting])
            refused = refused_members(answer) if answer.status == 400 else {}
            if answer.status != 400:
                request = (answer.body or {}).get("requestId")
                if not isinstance(request, str):
                    raise Ambiguous(f"{answer} without the id of a request.")
                taken = list(enumerate(waiting))
                # What somebody was known by last comes first, and is the part that is asked about.
                return outcomes | {
                    one.token: accepted(one, request, place) for place, (one, _) in reversed(taken)
                }
            if not refused:
                raise classify(answer) or BatchRefused(f"{answer}.", code="400")
            for place, code in refused.items():
                if place < len(waiting):
                    outcomes[waiting[place][0].token] = _rejected(waiting[place][0], code)
            waiting = [pair for pair in waiting if pair[0].token not in outcomes]
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
    return [one for one in known_by(change) if one not in now]


def _parts(person: Sequence[Identifier]) -> list[Sequence[Identifier]]:
    return [person[start : start + IDENTIFIERS] for start in range(0, len(person), IDENTIFIERS)]


def _following(removal: Outcome, outcome: Outcome) -> Outcome:
    """Let an outcome remember the call that took somebody out by what they were before."""
    return replace(
        outcome,
        former_request_id=removal.request_id,
        former_request_row=removal.request_row,
    )


def _rejected(change: Change, code: str) -> Outcome:
    return Outcome(change.token, "rejected", change.record_id, code, "Google refused the member.")
