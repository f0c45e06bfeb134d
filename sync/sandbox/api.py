"""From a request to a reply: the service behind a path, its limit, and the faults."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pydantic import ValidationError

from sync.sandbox import faults, hooks, hubspot, page
from sync.sandbox.faults import Fault
from sync.sandbox.replies import HTML, Refused, Reply, Request, limited, problem
from sync.sandbox.rules import WriteRow, explain, parse
from sync.sandbox.store import Store


class Service(Protocol):
    """One API that the sandbox stands in for."""

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller that is nobody's."""

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the rows that a call writes."""

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for. A Refused takes back what was done."""


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
        self._services: Mapping[str, Service] = {
            hubspot.PREFIX: hubspot.HubSpot(store, token),
            hooks.PREFIX: hooks.Hooks(store),
        }
        self._limit = limit or Limit()
        self._lock = threading.Lock()
        self._clock = clock
        self._recent: deque[float] = deque()
        self._today: deque[float] = deque()

    def answer(self, request: Request) -> Reply:
        """Answer one request; calls of an API, and only those, are remembered."""
        service = next(
            (api for prefix, api in self._services.items() if request.path.startswith(prefix)), None
        )
        if service is None:
            with self._store.transaction():
                return self._for_people(request)
        reply = self._call(service, request)
        with self._store.transaction():
            self._store.log_call(request.method, request.path, rows=reply.rows, status=reply.status)
        return reply

    def _call(self, service: Service, request: Request) -> Reply:
        refused = service.refuse(request) or self._over_the_limit()
        if refused:
            return refused
        rows = service.rows(request)
        with self._store.transaction():
            struck = faults.take(self._store, request.path, rows)
        delay = sum(fault.seconds for fault in struck if fault.kind == "slow")
        reply = faults.before(struck)
        if reply is None:
            reply = self._done(service, request, struck, rows)
        headers = {**self._limit_headers(), **reply.headers}
        return replace(reply, rows=len(rows), delay=delay, headers=headers)

    def _done(
        self,
        service: Service,
        request: Request,
        struck: Sequence[Fault],
        rows: Sequence[WriteRow],
    ) -> Reply:
        try:
            with self._store.transaction():
                return faults.after(struck, service.endpoint(request, struck), rows)
        except Refused as refused:
            return refused.reply

    def _for_people(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET", "/":
                return Reply(200, page.render(self._store), type=HTML)
            case "GET", "/sandbox/state":
                return Reply(200, self._store.counts())
            case "GET", "/sandbox/calls":
                return Reply(200, {"calls": self._store.calls()})
            case "GET", "/sandbox/hooks":
                return Reply(200, hooks.inbox(self._store))
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
            fault = parse(Fault, request.body)
        except ValidationError as error:
            return problem(400, "VALIDATION_ERROR", explain(error))
        self._store.set_fault(fault.model_dump())
        return Reply(201, fault.model_dump())

    def _over_the_limit(self) -> Reply | None:
        with self._lock:
            return self._count()

    def _count(self) -> Reply | None:
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
