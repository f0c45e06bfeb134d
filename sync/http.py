"""A small HTTP client for one service: a token, bounded retries, a rate limit, the error tree.

It knows HTTP and no vendor. What a vendor means by its statuses and headers is a function,
`classify`, that the destination passes in; what that leaves open, `default_error` answers.

Nothing that was sent or received is ever part of an error or a log line: only the service, the
method, the path without its query, and the status.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception

from sync.answers import Answer, default_error, transport_error
from sync.errors import AccessRefused, Ambiguous, ConfigError, DestinationError, Retriable
from sync.rate_limit import RateLimiter

log = logging.getLogger(__name__)

_random = random.SystemRandom()

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


Classify = Callable[[Answer], DestinationError | None]


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to try. Waits are in seconds, full jitter below a doubling bound."""

    attempts: int = 6
    total_seconds: float = 120.0
    first_wait: float = 0.5
    longest_wait: float = 20.0


@dataclass(frozen=True)
class _Call:
    """One call, tried as often as it takes."""

    method: str
    path: str
    idempotent: bool
    query: Mapping[str, str] | None
    headers: Mapping[str, str] | None = field(repr=False)
    body: bytes | None = field(repr=False)
    accept: Collection[int]
    lists: bool


class Bearer(AuthBase):
    """As an auth object, so that a .netrc of the machine cannot replace the token."""

    def __init__(self, service: str, token: str) -> None:
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigError(f"{service}: the token is empty or has a character no token has.")
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class NoAuth(AuthBase):
    """Nothing, for a call that carries its secret in its body or its path."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave the request as it is."""
        return request


class FetchedToken(AuthBase):
    """A bearer token that is fetched when it is first needed, and again once it has run out.

    `fetch` gives the token and for how many seconds it is good; it raises a DestinationError.
    Safe between threads.
    """

    EARLY = 60.0  # seconds before its end from which on a token is not used any more

    def __init__(
        self,
        service: str,
        fetch: Callable[[], tuple[str, float]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Bearer | None = None
        self._good_until = 0.0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        with self._lock:
            if self._token is None or self._clock() >= self._good_until:
                token, seconds = self._fetch()
                self._token = Bearer(self._service, token)
                self._good_until = self._clock() + max(seconds - self.EARLY, 1.0)
            bearer = self._token
        return bearer(request)

    def renew(self) -> None:
        """Fetch another token for the next call: the service does not take this one any more."""
        with self._lock:
            self._token = None


class HttpClient:
    """Calls one service. Use it as a context manager, or close() it. Safe between threads.

    `auth` signs each attempt; with `token` it is a bearer token. `shown_path` stands for every
    path in messages, where the path itself is a secret. Without `json_answers` any body will do.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        token: str = "",
        auth: AuthBase | None = None,
        classify: Classify | None = None,
        limiter: RateLimiter | None = None,
        policy: RetryPolicy | None = None,
        timeouts: tuple[float, float] = (5.0, 60.0),
        shown_path: str | None = None,
        json_answers: bool = True,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = _random.uniform,
    ) -> None:
        self._service = service
        self._base_url = check_base_url(service, base_url)
        self._classify = classify
        self._limiter = limiter
        self._policy = policy or RetryPolicy()
        self._timeouts = timeouts
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._shown_path = shown_path
        self._json_answers = json_answers
        self._auth = auth or Bearer(service, token)
        self._local = threading.local()
        self._sessions: list[requests.Session] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for session in self._sessions:
            session.close()

    def get(self, path: str, *, query: Mapping[str, str] | None = None) -> Mapping[str, object]:
        """Read, and give the JSON object that came back."""
        answer = self.send("GET", path, query=query, idempotent=True)
        return answer.body or {}

    def post(self, path: str, body: object, *, idempotent: bool) -> Mapping[str, object]:
        """Write, and give the JSON object that came back."""
        answer = self.send("POST", path, body=body, idempotent=idempotent)
        return answer.body or {}

    def send(
        self,
        method: str,
        path: str,
        *,
        idempotent: bool,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        accept: Collection[int] = (),
        lists: bool = False,
    ) -> Answer:
        """Send with retries. Statuses in `accept` are answers, whatever they mean elsewhere.

        `lists`: the answer is a JSON list, in `items`, and not an object.

        An answer that got lost is asked for again only if the call is `idempotent`. A `body` of
        bytes goes out as it is, anything else as JSON.
        """
        started = self._clock()
        call = _Call(method, path, idempotent, query, headers, _bytes(body), accept, lists)

        def again(error: BaseException) -> bool:
            return isinstance(error, Retriable) or (idempotent and isinstance(error, Ambiguous))

        def enough(state: RetryCallState) -> bool:
            late = self._clock() - started + state.upcoming_sleep > self._policy.total_seconds
            return late or state.attempt_number >= self._policy.attempts

        retrying = Retrying(
            retry=retry_if_exception(again),
            stop=enough,
            wait=self._wait,
            sleep=self._sleep,
            before_sleep=_tell,
            reraise=True,
        )
        try:
            return retrying(self._attempt, call)
        except AccessRefused as refusal:
            if not (refusal.token_ran_out and isinstance(self._auth, FetchedToken)):
                raise
        self._auth.renew()
        return retrying(self._attempt, call)

    def _attempt(self, call: _Call) -> Answer:
        if self._limiter:
            self._limiter.wait()
        answer = self._exchange(call)
        if answer.status in call.accept:
            return answer
        error = (self._classify and self._classify(answer)) or default_error(
            answer, idempotent=call.idempotent
        )
        if error:
            raise error
        found = answer.items if call.lists else answer.body
        if self._json_answers and found is None and answer.status != 204:
            kind = "list" if call.lists else "object"
            raise Ambiguous(f"{answer} with a body that is not a JSON {kind}.")
        return answer

    def _exchange(self, call: _Call) -> Answer:
        error: DestinationError
        path = call.path if self._shown_path is None else self._shown_path
        try:
            response = self._session().request(
                call.method,
                self._base_url + call.path,
                params=call.query,
                headers=call.headers,
                data=call.body,
                timeout=self._timeouts,
                allow_redirects=False,
            )
            body = _json(response)
            return Answer(
                self._service,
                call.method,
                path,
                response.status_code,
                response.headers,
                body if isinstance(body, dict) else None,
                body if isinstance(body, list) else None,
                _text(response) if body is None else "",
            )
        except requests.RequestException as problem:
            error = transport_error(problem, f"{self._service}: {call.method} {path}")
        # Outside the handler: the library's error holds the request, token and rows included.
        raise error

    def _session(self) -> requests.Session:
        """Give the session of this thread: the library's own are not for sharing."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.auth = self._auth
            kind = "application/json"
            session.headers.update({"Accept": kind, "Content-Type": kind})
            # A proxy of the machine cannot reach a server on the loopback address.
            session.trust_env = not is_loopback(self._base_url)
            self._local.session = session
            self._sessions.append(session)
        return session

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = (error.retry_after or 0.0) if isinstance(error, Retriable) else 0.0
        bound = self._policy.first_wait * 2 ** (state.attempt_number - 1)
        return asked + self._jitter(0.0, min(bound, self._policy.longest_wait))


def is_loopback(url: str) -> bool:
    """Tell whether a URL stays on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def is_readable(url: str) -> bool:
    """Tell whether a URL has the parts of one: what tells of a wrong one would show it."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def check_base_url(service: str, url: str) -> str:
    """Give the URL without a slash at its end; refuse one that would send the token in clear."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query:
        raise ConfigError(f"{service}: the base URL must look like https://api.example.com.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise ConfigError(f"{service}: the base URL must start with https://.")
    return url.rstrip("/")


def _bytes(body: object) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return json.dumps(body, allow_nan=False).encode()


def _json(response: requests.Response) -> object:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def _text(response: requests.Response) -> str:
    """Give the body as UTF-8 unless it says otherwise: requests takes any text for Latin-1."""
    if "charset" not in response.headers.get("Content-Type", ""):
        response.encoding = "utf-8"
    return response.text


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    facts = {"event": "retry", "seconds": round(state.upcoming_sleep, 1)}
    log.info("%s Trying again in %.1f s.", error, state.upcoming_sleep, extra=facts)
