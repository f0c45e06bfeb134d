"""From a request to a reply: the token, the limit, the faults, and the endpoint behind a path."""

from __future__ import annotations

import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import ValidationError

from sync.sandbox import contacts, faults, page, schema
from sync.sandbox.faults import Fault
from sync.sandbox.replies import HTML, Reply, Request, limited, problem
from sync.sandbox.rules import (
    NewGroup,
    NewProperty,
    ReadBatch,
    Strict,
    WriteBatch,
    WriteRow,
    explain,
)
from sync.sandbox.store import Store

VERSIONS = frozenset({"2026-03", "2026-09"})
PATH = re.compile(r"/crm/(objects|properties)/(\d{4}-\d{2})/(?:contacts|0-1)(?:/(.+))?")

Body = TypeVar("Body", bound=Strict)


@dataclass(frozen=True)
class Limit:
    """At most `calls` in `seconds`, and `daily` in a day. None: no limit of that kind."""

    calls: int | None = None
    seconds: float = 10.0
    daily: int | None = None


class Api:
    """Answers requests. It knows no sockets."""

    def __init__(
        self,
        store: Store,
        *,
        token: str,
        limit: Limit | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._token = token
        self._limit = limit or Limit()
        self._clock = clock
        self._recent: deque[float] = deque()
        self._today: deque[float] = deque()

    def answer(self, request: Request) -> Reply:
        """Answer one request; calls of the API, and only those, are remembered."""
        if not request.path.startswith("/crm/"):
            with self._store.transaction():
                return self._for_people(request)
        try:
            reply = self._call(request)
        except contacts.BatchRefusal as refusal:
            reply = replace(refusal.reply, rows=len(_rows(request)))
        with self._store.transaction():
            self._store.log_call(request.method, request.path, rows=reply.rows, status=reply.status)
        return reply

    def _call(self, request: Request) -> Reply:
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return _unauthorised("INVALID_AUTHENTICATION")
        refused = self._over_the_limit()
        if refused:
            return refused
        rows = _rows(request)
        with self._store.transaction():
            struck = faults.take(self._store, request.path, rows)
        delay = sum(fault.seconds for fault in struck if fault.kind == "slow")
        reply = _before(struck)
        if reply is None:
            with self._store.transaction():
                reply = _after(struck, self._endpoint(request, struck), rows)
        headers = {**self._limit_headers(), **reply.headers}
        return replace(reply, rows=len(rows), delay=delay, headers=headers)

    def _endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        found = PATH.fullmatch(request.path)
        if not found or found[2] not in VERSIONS:
            return problem(404, "NOT_FOUND", "There is nothing at this path.")
        area, _, rest = found.groups()
        try:
            if area == "properties":
                return self._schema(request, rest or "")
            return self._contacts(request, rest or "", struck)
        except ValidationError as error:
            return problem(400, "VALIDATION_ERROR", f"Invalid input JSON: {explain(error)}")

    def _contacts(self, request: Request, rest: str, struck: Sequence[Fault]) -> Reply:
        match request.method, rest:
            case "POST", "batch/update" | "batch/upsert":
                batch = _parse(WriteBatch, request)
                failing = {
                    row.id: fault.code
                    for fault in struck
                    for row in batch.inputs
                    if fault.kind == "row_error" and fault.is_about(row)
                }
                upsert = rest == "batch/upsert"
                return contacts.write(self._store, batch, upsert=upsert, failing=failing)
            case "POST", "batch/read":
                return contacts.read(self._store, _parse(ReadBatch, request))
            case "GET", _ if rest and "/" not in rest:
                return contacts.get(self._store, request, rest)
        return _no_such_method()

    def _schema(self, request: Request, rest: str) -> Reply:
        match request.method, rest.split("/"):
            case "GET", [""]:
                return schema.list_all(self._store, "properties")
            case "GET", ["groups"]:
                return schema.list_all(self._store, "groups")
            case "GET", ["groups", name]:
                return schema.get(self._store, "groups", name)
            case "GET", [name]:
                return schema.get(self._store, "properties", name)
            case "POST", ["groups"]:
                return schema.create_group(self._store, _parse(NewGroup, request))
            case "POST", [""]:
                return schema.create_property(self._store, _parse(NewProperty, request))
        return _no_such_method()

    def _for_people(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET", "/":
                return Reply(200, page.render(self._store), type=HTML)
            case "GET", "/sandbox/state":
                return Reply(200, self._store.counts())
            case "GET", "/sandbox/calls":
                return Reply(200, {"calls": self._store.calls()})
            case "GET", "/sandbox/faults":
                waiting = [definition for _, definition in self._store.faults()]
                return Reply(200, {"faults": waiting})
            case "DELETE", "/sandbox/faults":
                self._store.drop_faults()
                return Reply(200, {"faults": []})
            case "POST", "/sandbox/faults":
                return self._add_fault(request)
        return problem(404, "NOT_FOUND", "There is nothing at this path.")

    def _add_fault(self, request: Request) -> Reply:
        try:
            fault = _parse(Fault, request)
        except ValidationError as error:
            return problem(400, "VALIDATION_ERROR", explain(error))
        self._store.set_fault(fault.model_dump())
        return Reply(201, fault.model_dump())

    def _over_the_limit(self) -> Reply | None:
        now = self._clock()
        for times, seconds in ((self._recent, self._limit.seconds), (self._today, 86_400.0)):
            while times and now - times[0] >= seconds:
                times.popleft()
        if self._limit.daily is not None and len(self._today) >= self._limit.daily:
            return limited("DAILY", round(self._limit.seconds * 1000))
        if self._limit.calls is not None and len(self._recent) >= self._limit.calls:
            return limited("TEN_SECONDLY_ROLLING", round(self._limit.seconds * 1000))
        self._recent.append(now)
        self._today.append(now)
        return None

    def _limit_headers(self) -> dict[str, str]:
        headers = {}
        if self._limit.calls is not None:
            headers["Max"] = self._limit.calls
            headers["Remaining"] = self._limit.calls - len(self._recent)
            headers["Interval-Milliseconds"] = round(self._limit.seconds * 1000)
        if self._limit.daily is not None:
            headers["Daily"] = self._limit.daily
            headers["Daily-Remaining"] = self._limit.daily - len(self._today)
        return {f"X-HubSpot-RateLimit-{name}": str(value) for name, value in headers.items()}


def _before(struck: Sequence[Fault]) -> Reply | None:
    """Give the reply of a fault that keeps the call from being done at all."""
    for fault in struck:
        match fault.kind:
            case "expire_token":
                return _unauthorised("EXPIRED_AUTHENTICATION")
            case "batch_400":
                return problem(400, fault.code, "The batch was refused on request.")
            case "status":
                return _with_status(fault)
            case "empty_results":
                error = {
                    "status": "error",
                    "category": fault.code,
                    "message": "Nothing was written, on request.",
                    "context": {},
                    "errors": [],
                    "links": {},
                }
                return replace(contacts.multi_status([], [error]), status=200)
    return None


def _with_status(fault: Fault) -> Reply:
    if fault.policy:
        reply = limited(fault.policy, 10_000)
    elif fault.status == 429:
        reply = problem(429, "RATE_LIMITS", "Too many calls.", errorType="RATE_LIMIT")
    else:
        reply = problem(fault.status, "SANDBOX_FAULT", "An error was asked for.")
    asked = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return replace(reply, headers={**reply.headers, **asked})


def _after(struck: Sequence[Fault], reply: Reply, rows: Sequence[WriteRow]) -> Reply:
    """Spoil the reply of a call that was done."""
    for fault in struck:
        body = reply.body
        match fault.kind:
            case "shuffle" if isinstance(body, dict) and "results" in body:
                reply = replace(reply, body=body | {"results": body["results"][::-1]})
            case "omit_row" if isinstance(body, dict) and "results" in body:
                silent = {row.objectWriteTraceId for row in rows if fault.is_about(row)}
                kept = [
                    result
                    for result in body["results"]
                    if result.get("objectWriteTraceId") not in silent
                ]
                reply = replace(reply, body=body | {"results": kept})
            case "applied_then_502":
                reply = problem(502, "BAD_GATEWAY", "Bad gateway.")
            case "not_json":
                reply = replace(reply, body="<html><body>Welcome</body></html>", type=HTML)
            case "cut":
                reply = replace(reply, is_cut=True)
    return reply


def _rows(request: Request) -> list[WriteRow]:
    """Give the rows of a batch write; a body that is none has no rows."""
    if not request.path.endswith(("/batch/update", "/batch/upsert")):
        return []
    try:
        return _parse(WriteBatch, request).inputs
    except ValidationError:
        return []


def _parse(model: type[Body], request: Request) -> Body:
    return model.model_validate_json(request.body)


def _unauthorised(category: str) -> Reply:
    return problem(401, category, "Authentication credentials not found or no longer valid.")


def _no_such_method() -> Reply:
    return problem(405, "METHOD_NOT_ALLOWED", "There is no such call.")
