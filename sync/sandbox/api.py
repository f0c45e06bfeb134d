"""From a request to a reply: the service behind a path, its limit, and the faults."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError

from sync.sandbox import faults, hooks, page
from sync.sandbox.faults import Fault
from sync.sandbox.replies import HTML, Refused, Reply, Request, problem
from sync.sandbox.rules import WriteRow, explain, parse
from sync.sandbox.service import Limit, Service
from sync.sandbox.services import services
from sync.sandbox.store import Store


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
        self._services: Sequence[Service] = services(store, token)
        self._limit = limit or Limit()
        self._lock = threading.Lock()
        self._clock = clock
        self._recent: deque[float] = deque()
        self._today: deque[float] = deque()

    def answer(self, request: Request) -> Reply:
        """Answer one request; calls of an API, and only those, are remembered."""
        service = self._service(request.path)
        if service is None:
            with self._store.transaction():
                return self._for_people(request)
        reply = self._call(service, request)
        with self._store.transaction():
            self._store.log_call(request.method, request.path, rows=reply.rows, status=reply.status)
        return reply

    def takes(self, path: str, media_type: str) -> bool:
        """Tell whether a body of that type may come to a path."""
        service = self._service(path)
        return media_type in (service.media_types if service else Service.media_types)

    def _service(self, path: str) -> Service | None:
        return next((one for one in self._services if path.startswith(one.prefix)), None)

    def _call(self, service: Service, request: Request) -> Reply:
        refused = service.refuse(request)
        if refused is None and service.is_limited(request):
            refused = self._over_the_limit(service)
        if refused:
            return refused
        rows = service.rows(request)
        with self._store.transaction():
            struck = faults.take(self._store, request.path, rows)
        delay = sum(fault.seconds for fault in struck if fault.kind == "slow")
        reply = faults.before(struck, service)
        if reply is None:
            reply = self._done(service, request, struck, rows)
        headers = {**self._limit_headers(service), **reply.headers}
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
                return faults.after(struck, service.endpoint(request, struck), rows, service)
        except Refused as refused:
            return refused.reply

    def _for_people(self, request: Request) -> Reply:
        match request.method, request.path:
            case "GET", "/":
                return Reply(200, page.render(self._store, self._services), type=HTML)
            case "GET", "/sandbox/state":
                return Reply(200, self._store.counts())
            case "GET", "/sandbox/calls":
                return Reply(200, {"calls": self._store.calls()})
            case "GET", "/sandbox/hooks":
                return Reply(200, hooks.inbox(self._store))
            case "GET", "/sandbox/held":
                return Reply(200, self._store.all_held(request.query.get("service", "")))
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

    def _over_the_limit(self, service: Service) -> Reply | None:
        with self._lock:
            return self._count(service)

    def _count(self, service: Service) -> Reply | None:
        now = self._clock()
        for times, seconds in ((self._recent, self._limit.seconds), (self._today, 86_400.0)):
            while times and now - times[0] >= seconds:
                times.popleft()
        if self._limit.daily is not None and len(self._today) >= self._limit.daily:
            return service.over_limit("DAILY", self._limit.seconds)
        if self._limit.calls is not None and len(self._recent) >= self._limit.calls:
            return service.over_limit("TEN_SECONDLY_ROLLING", self._limit.seconds)
        self._recent.append(now)
        self._today.append(now)
        return None

    def _limit_headers(self, service: Service) -> Mapping[str, str]:
        return service.limit_headers(self._limit, recent=len(self._recent), today=len(self._today))
