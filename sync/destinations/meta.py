"""Custom audiences of Meta: people added and removed by hashes of what is known of them.

A row has an id of ours (EXTERN_ID, the unique key) beside its hashes, so that it can be taken out
even where it is not known what was sent. Whoever has another address now is taken out by the old
one first. Meta says how many rows of a call were no good, and never which: such a call is refused,
so that it is halved until the bad row is alone. Adding and removing repeat without harm.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from sync.answers import Answer
from sync.changes import Capabilities, Change, Collected, Outcome
from sync.destinations import meta_setup
from sync.destinations.ad_audience import MAX_BATCH, AdAudience, accepted, audience_capabilities
from sync.destinations.meta_rows import (
    ALONE,
    COLUMNS,
    ID,
    Row,
    found_by,
    hashed,
    never_sent,
    refuse_plain,
    table,
)
from sync.errors import Ambiguous, BatchRefused
from sync.http import HttpClient

HOUR = 3600.0
INVALID = "INVALID_ENTRIES"


def capabilities(calls_per_hour: int = 5_000) -> Capabilities:
    """Say what a custom audience can do, at a number of calls in an hour."""
    return audience_capabilities(calls_per_hour * MAX_BATCH / HOUR, COLUMNS)


class MetaAudience(AdAudience):
    """The members of one audience, by its id or its name."""

    name = "meta_members"
    platform = "Meta"

    def __init__(
        self,
        http: HttpClient,
        audience: str,
        *,
        ad_account: str,
        version: str = "v26.0",
        calls_per_hour: int = 5_000,
    ) -> None:
        self._http = http
        self._audience = meta_setup.Setup(http, f"/{version}", ad_account, audience)
        super().__init__(self._audience, capabilities(calls_per_hour))
        self._root = f"/{version}"
        self._account = f"/{version}/act_{ad_account}"

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Remove first, by what was sent before; then add."""
        leaving, staying = self._parted(changes)
        for change in staying:
            refuse_plain(change.unique_key, change.fields)
        erased = [change for change in leaving if change.operation == "erase"]
        removed = [change for change in leaving if change.operation == "remove"]
        outcomes = self._take_out(f"{self._account}/usersofanyaudience", erased) if erased else {}
        if removed or staying:
            path = f"{self._root}/{self._audience.audience()}/users"
            outcomes |= self._take_out(path, removed) | self._put_in(path, staying)
        return [outcomes[change.token] for change in changes]

    def collect(self, request_id: str) -> Collected:
        """Ask what became of a session: how far it is, and how many people were found."""
        answer = self._http.send(
            "GET",
            f"{self._root}/{self._audience.audience()}/sessions",
            query={"session_id": request_id, "fields": "session_id,stage,num_received,num_matched"},
            idempotent=True,
        )
        for one in _items(answer):
            if str(one.get("session_id")) == request_id and one.get("stage") == "done":
                rows, matched = _number(one.get("num_received")), _number(one.get("num_matched"))
                rate = f"{100 * matched / rows:.0f}%" if rows and matched is not None else None
                return Collected("done", rows, rate)
        return Collected("processing")

    def _put_in(self, path: str, changes: Sequence[Change]) -> dict[str, Outcome]:
        rows = {change.token: hashed(change) for change in changes}
        sent = [change for change in changes if rows[change.token].keys() - {ID}]
        # By the address that somebody no longer has they would stay for ever.
        self._delete(path, [old for one in sent for old in _former(one, rows[one.token])])
        session = self._send("POST", path, [rows[change.token] for change in sent])
        places = {change.token: place for place, change in enumerate(sent)}
        return {
            change.token: accepted(change, session, places[change.token])
            if change.token in places
            else self._nobody(change)
            for change in changes
        }

    def _take_out(self, path: str, changes: Sequence[Change]) -> dict[str, Outcome]:
        rows = {change.token: found_by(change) for change in changes}
        self._delete(path, [row for known in rows.values() for row in known])
        return {
            change.token: accepted(change)
            if rows[change.token] or never_sent(change)
            else self._nobody(change)
            for change in changes
        }

    def _delete(self, path: str, rows: Sequence[Row]) -> None:
        """Take people out; somebody whose answer got lost once may be more rows than one."""
        for start in range(0, len(rows), MAX_BATCH):
            self._send("DELETE", path, rows[start : start + MAX_BATCH])

    def _send(self, method: str, path: str, rows: Sequence[Row]) -> str | None:
        """Send a session of one call; give its id. Nothing is sent of nobody."""
        if not rows:
            return None
        session = str(secrets.randbits(62) + 1)
        body: dict[str, object] = {
            "session": {
                "session_id": int(session),
                "batch_seq": 1,
                "last_batch_flag": True,
                "estimated_num_total": len(rows),
            },
            "payload": table(rows),
        }
        answer = self._http.send(method, path, body=body, idempotent=True)
        _check_counts(answer, len(rows))
        return session


def _check_counts(answer: Answer, sent: int) -> None:
    body = answer.body or {}
    received, invalid = (
        _number(body.get(name)) for name in ("num_received", "num_invalid_entries")
    )
    if invalid:
        raise BatchRefused(f"{answer}, and called {invalid:,} of {sent:,} invalid.", code=INVALID)
    if received != sent or invalid is None:
        raise Ambiguous(f"{answer} without saying that it received all {sent:,} people.")


def _former(change: Change, now: Row) -> list[Row]:
    """Give what somebody was known by before and is not any more.

    Never our id nor what is the same still: by these Meta would let go of who is to stay.
    """
    found = []
    for known in found_by(change):
        old = {name: value for name, value in known.items() if name != ID}
        gone = {name: value for name, value in old.items() if now.get(name) != value}
        if old.keys() & ALONE:
            found.append({name: value for name, value in gone.items() if name in ALONE})
        elif gone:
            # Names and places are one identifier, all of them together.
            found.append(old)
    return [one for one in found if one]


def _items(answer: Answer) -> list[Mapping[str, object]]:
    items = (answer.body or {}).get("data")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _number(value: object) -> int | None:
    return int(str(value)) if str(value).isascii() and str(value).isdigit() else None
