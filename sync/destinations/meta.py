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
from sync.changes import Capabilities, Change, Collected, Field, Finding, Outcome, SetupStep
from sync.destinations import meta_setup
from sync.destinations.meta_rows import ALONE, ID, Row, found_by, hashed, refuse_plain, table
from sync.errors import Ambiguous, BatchRefused, ConfigError
from sync.http import HttpClient

MAX_BATCH = 10_000
HOUR = 3600.0
INVALID = "INVALID_ENTRIES"


def capabilities(calls_per_hour: int = 5_000) -> Capabilities:
    """Say what a custom audience can do, at a number of calls in an hour."""
    return Capabilities(
        modes=frozenset({"audience"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_hour * MAX_BATCH / HOUR,
        removal="delete",
        erases=True,
        consent="ad_targeting",
    )


class MetaAudience:
    """The members of one audience, by its id or its name."""

    name = "meta_members"

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
        self._setup = meta_setup.Setup(http, f"/{version}", ad_account, audience)
        self._root = f"/{version}"
        self._account = f"/{version}/act_{ad_account}"
        self.capabilities = capabilities(calls_per_hour)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Remove first, by what was sent before; then add."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Meta takes {MAX_BATCH:,} people a call, not {len(changes):,}.")
        for change in changes:
            refuse_plain(change.unique_key, change.fields)
        outcomes: dict[str, Outcome] = {}
        for operation in ("erase", "remove", "update", "create"):
            part = [change for change in changes if change.operation == operation]
            if not part:
                continue
            if operation in ("erase", "remove"):
                outcomes |= self._take_out(part, everywhere=operation == "erase")
            else:
                outcomes |= self._put_in(part)
        return [outcomes[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Read the ad account and the audience."""
        return self._setup.check()

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the audience is there, and which fields Meta does not know."""
        return self._setup.plan(fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the audience if it is named and not there."""
        return self._setup.apply(fields)

    def collect(self, request_id: str) -> Collected:
        """Ask what became of a session: how far it is, and how many people were found."""
        answer = self._http.send(
            "GET",
            f"{self._root}/{self._setup.audience()}/sessions",
            query={"session_id": request_id, "fields": "session_id,stage,num_received,num_matched"},
            idempotent=True,
        )
        for one in _items(answer):
            if str(one.get("session_id")) == request_id and one.get("stage") == "done":
                rows, matched = _number(one.get("num_received")), _number(one.get("num_matched"))
                rate = f"{100 * matched / rows:.0f}%" if rows and matched is not None else None
                return Collected("done", rows, rate)
        return Collected("processing")

    def _put_in(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        rows = {change.token: hashed(change) for change in changes}
        path = f"{self._root}/{self._setup.audience()}/users"
        sent = [change for change in changes if rows[change.token].keys() - {ID}]
        # By the address that somebody no longer has they would stay for ever.
        changed = [old for change in sent if (old := _former(change, rows[change.token]))]
        if changed:
            self._send("DELETE", path, changed)
        session = self._send("POST", path, [rows[change.token] for change in sent])
        places = {change.token: place for place, change in enumerate(sent)}
        return {
            change.token: _accepted(change, session, places[change.token])
            if change.token in places
            else _without_identifier(change)
            for change in changes
        }

    def _take_out(self, changes: Sequence[Change], *, everywhere: bool) -> dict[str, Outcome]:
        rows = {change.token: found_by(change) for change in changes}
        path = (
            f"{self._account}/usersofanyaudience"
            if everywhere
            else f"{self._root}/{self._setup.audience()}/users"
        )
        self._send("DELETE", path, [row for row in rows.values() if row])
        return {
            change.token: _accepted(change) if rows[change.token] else _without_identifier(change)
            for change in changes
        }

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


def _former(change: Change, row: Row) -> Row:
    """Give what somebody was known by before and is not any more.

    Never our id nor what is the same still: by these Meta would let go of who is to stay.
    """
    old = {name: value for name, value in found_by(change).items() if name != ID}
    gone = {name: value for name, value in old.items() if row.get(name) != value}
    if old.keys() & ALONE:
        return {name: value for name, value in gone.items() if name in ALONE}
    # Names and places are one identifier, all of them together.
    return old if gone else {}


def _accepted(change: Change, session: str | None = None, place: int | None = None) -> Outcome:
    return Outcome(
        change.token,
        "accepted",
        change.record_id or change.key,
        request_id=session,
        request_row=place,
    )


def _without_identifier(change: Change) -> Outcome:
    return Outcome(
        change.token,
        "rejected",
        change.record_id,
        "NO_IDENTIFIER",
        "Nothing is left of the row by which Meta could know a person.",
    )


def _items(answer: Answer) -> list[Mapping[str, object]]:
    items = (answer.body or {}).get("data")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _number(value: object) -> int | None:
    return int(str(value)) if str(value).isascii() and str(value).isdigit() else None
