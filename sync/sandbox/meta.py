"""The part of the sandbox that is Meta: custom audiences, and who is in them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from sync.sandbox.faults import Fault, failing
from sync.sandbox.replies import Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, explain, parse
from sync.sandbox.service import Policy, Service
from sync.sandbox.store import Store

SERVICE = "meta"
PATH = re.compile(
    r"/meta/v\d{2}\.\d/(?:act_(\d+)|(\d+))(?:/(users|sessions|customaudiences|usersofanyaudience))?"
)
PLAIN = frozenset({"EXTERN_ID", "MADID"})
HASHED = frozenset(
    "EMAIL PHONE GEN DOBY DOBM DOBD LN FN CT ST ZIP COUNTRY".split()  # noqa: SIM905  (a table)
)
# By these a person is known again; by a name alone nobody is.
KEYS = ("EXTERN_ID", "EMAIL", "PHONE", "MADID")
DIGEST = re.compile("[0-9a-f]{64}")
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
CODES = {400: 100, 401: 190, 403: 200, 404: 803, 409: 100, 429: 17, 500: 2, 502: 2, 503: 2}


class Session(Strict):
    """Which calls belong together."""

    session_id: Annotated[int, Field(gt=0, lt=2**63)]
    batch_seq: Annotated[int, Field(ge=1)]
    last_batch_flag: bool = False
    estimated_num_total: int = 0


class Payload(Strict):
    """People, as a table."""

    schema_: Annotated[list[Text], Field(alias="schema", min_length=1)]
    data: Annotated[list[list[str]], Field(min_length=1, max_length=10_000)]


class Users(Strict):
    """The body that adds people to an audience, or takes them out."""

    session: Session | None = None
    payload: Payload


class NewAudience(Strict):
    """The body that makes an audience."""

    name: Text
    subtype: Literal["CUSTOM"]
    description: str = ""
    customer_file_source: Literal[
        "USER_PROVIDED_ONLY", "PARTNER_PROVIDED_ONLY", "BOTH_USER_AND_PARTNER_PROVIDED"
    ]


class Meta(Service):
    """Answers under /meta/. Its token is the sandbox's; any number is an ad account."""

    name = SERVICE
    prefix = "/meta/"

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the token."""
        given = request.headers.get("authorization", "")
        good = secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode())
        return None if good else self.unauthorised("")

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the people of a call, by our id of them."""
        if not request.path.endswith(("/users", "/usersofanyaudience")):
            return []
        try:
            payload = parse(Users, request.body).payload
        except ValidationError:
            return []
        return [WriteRow(id=_id(row), properties={}) for row in _rows(payload)]

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        found = PATH.fullmatch(request.path)
        if not found:
            return _error(400, 2500, "Unknown path components.")
        account, audience, what = found.groups()
        try:
            match request.method, what:
                case "GET", None if account:
                    return Reply(200, {"id": f"act_{account}"})
                case "GET", "customaudiences" if account:
                    return self._audiences()
                case "POST", "customaudiences" if account:
                    return self._new_audience(parse(NewAudience, request.body))
                case "DELETE", "usersofanyaudience" if account:
                    return self._users(request, None, failing(struck, self.rows(request)))
        except ValidationError as error:
            return _error(400, 100, f"Invalid parameter: {explain(error)}")
        if not audience or self._store.held(SERVICE, "audience", audience) is None:
            return _error(400, 100, "Object does not exist.", error_subcode=33)
        return self._audience(request, audience, what, struck)

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        return _error(status, CODES.get(status, 0), f"{code}: {message}")

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many; the wait is in minutes."""
        minutes = 60 if policy == "DAILY" else max(1, round(seconds / 60))
        usage = {"type": "custom_audience", "call_count": 100}
        usage_left = json.dumps({"1": [usage | {"estimated_time_to_regain_access": minutes}]})
        reply = _error(400, 80003, "There have been too many calls to this ad account.")
        return Reply(400, reply.body, {"X-Business-Use-Case-Usage": usage_left})

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller whose token has run out."""
        return _error(401, 190, "Error validating access token.")

    def _audience(
        self, request: Request, audience: str, what: str | None, struck: Sequence[Fault]
    ) -> Reply:
        try:
            match request.method, what:
                case "GET", None:
                    held = self._store.held(SERVICE, "audience", audience)
                    return Reply(200, {"id": audience, **(held or {})})
                case "GET", "sessions":
                    return self._session(audience, request.query.get("session_id", ""))
                case "POST" | "DELETE", "users":
                    refused = failing(struck, self.rows(request))
                    return self._users(request, audience, refused)
        except ValidationError as error:
            return _error(400, 100, f"Invalid parameter: {explain(error)}")
        return _error(400, 100, "Unsupported request method.")

    def _audiences(self) -> Reply:
        held = self._store.held_of(SERVICE, "audience")
        return Reply(
            200, {"data": [{"id": name, "name": one["name"]} for name, one in held.items()]}
        )

    def _new_audience(self, new: NewAudience) -> Reply:
        number = str(23850000000000 + len(self._store.held_of(SERVICE, "audience")) + 1)
        body = {"name": new.name, "operation_status": {"code": 200}}
        self._store.keep(SERVICE, "audience", number, body)
        return Reply(200, {"id": number})

    def _users(self, request: Request, audience: str | None, refused: Mapping[str, str]) -> Reply:
        body = parse(Users, request.body)
        if problem := _problem(body.payload):
            return _error(400, 100, problem)
        rows = _rows(body.payload)
        bad = [row for row in rows if _id(row) in refused or not _is_good(row)]
        for row in (row for row in rows if row not in bad):
            for place in [audience] if audience else self._store.held_of(SERVICE, "audience"):
                if request.method == "POST":
                    self._add(place, row)
                else:
                    self._remove(place, row)
        session = str(body.session.session_id) if body.session else "0"
        counts = {"num_received": len(rows), "num_invalid_entries": len(bad)}
        if audience and request.method == "POST":
            matched = len(rows) - len(bad)
            told = {"stage": "done", "num_matched": str(matched)} | _texts(counts)
            self._store.keep(SERVICE, "_sessions", f"{audience} {session}", told)
        named = {"audience_id": audience} if audience else {}
        return Reply(200, {**named, "session_id": session, **counts, "invalid_entry_samples": {}})

    def _session(self, audience: str, session: str) -> Reply:
        found = self._store.held(SERVICE, "_sessions", f"{audience} {session}")
        return Reply(200, {"data": [{"session_id": session, **found}] if found else []})

    def _add(self, audience: str, row: Mapping[str, str]) -> None:
        self._store.keep(SERVICE, f"member of {audience}", _id(row), row)
        for key in KEYS:
            if row.get(key):
                name = f"{audience} {key} {row[key]}"
                self._store.keep(SERVICE, "_known_by", name, {"id": _id(row)})

    def _remove(self, audience: str, row: Mapping[str, str]) -> None:
        for key in KEYS:
            known = self._store.held(SERVICE, "_known_by", f"{audience} {key} {row.get(key)}")
            if known:
                self._store.let_go(SERVICE, f"member of {audience}", known["id"])


def _rows(payload: Payload) -> list[dict[str, str]]:
    return [dict(zip(payload.schema_, cells, strict=False)) for cells in payload.data]


def _id(row: Mapping[str, str]) -> str:
    return next((row[key] for key in KEYS if row.get(key)), "") or "|".join(row.values())


def _problem(payload: Payload) -> str | None:
    unknown = set(payload.schema_) - PLAIN - HASHED
    if unknown or len(set(payload.schema_)) < len(payload.schema_):
        return "Invalid parameter: schema"
    if any(len(cells) != len(payload.schema_) for cells in payload.data):
        return "Invalid parameter: a row is not as long as the schema"
    return None


def _is_good(row: Mapping[str, str]) -> bool:
    cells = [value for name, value in row.items() if name in HASHED and value]
    return bool(cells or row.get("EXTERN_ID") or row.get("MADID")) and all(
        DIGEST.fullmatch(cell) and cell != EMPTY for cell in cells
    )


def _texts(counts: Mapping[str, int]) -> dict[str, str]:
    return {name: str(count) for name, count in counts.items()}


def _error(status: int, code: int, message: str, **more: object) -> Reply:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "sandbox"}
    return Reply(status, {"error": error | more})
