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
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception
from urllib3.exceptions import NewConnectionError

from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    Retriable,
)
from sync.rate_limit import RateLimiter

log = logging.getLogger(__name__)

_random = random.SystemRandom()

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Answer:
    """What came back. `body` is the JSON object, and None where there was none."""

    service: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, object] | None = field(repr=False)

    def __str__(self) -> str:
        return f"{self.service} answered {self.status} to {self.method} {self.path}"


Classify = Callable[[Answer], DestinationError | None]


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long to try. Waits are in seconds, full jitter below a doubling bound."""

    attempts: int = 6
    total_seconds: float = 120.0
    first_wait: float = 0.5
    longest_wait: float = 20.0


class _Bearer(AuthBase):
    """As an auth object, so that a .netrc of the machine cannot replace the token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class HttpClient:
    """Calls one service. Use it as a context manager, or close() it."""

    def __init__(
        self,
        service: str,
        base_url: str,
        *,
        token: str,
        classify: Classify | None = None,
        limiter: RateLimiter | None = None,
        policy: RetryPolicy | None = None,
        timeouts: tuple[float, float] = (5.0, 60.0),
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
        self._session = _session(service, base_url, token)

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
        self._session.close()

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
        body: object = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """Send with retries. Statuses in `accept` are answers, whatever they mean elsewhere.

        An answer that got lost is asked for again only if the call is `idempotent`.
        """
        started = self._clock()

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
        return retrying(self._attempt, method, path, query, body, accept, idempotent)  # noqa: FBT003

    def _attempt(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: object,
        accept: Collection[int],
        idempotent: bool,  # noqa: FBT001  (tenacity hands arguments on by position)
    ) -> Answer:
        if self._limiter:
            self._limiter.wait()
        answer = self._exchange(method, path, query, body)
        if answer.status in accept:
            return answer
        error = (self._classify and self._classify(answer)) or default_error(
            answer, idempotent=idempotent
        )
        if error:
            raise error
        if answer.body is None and answer.status != 204:
            raise Ambiguous(f"{answer} with a body that is not a JSON object.")
        return answer

    def _exchange(
        self, method: str, path: str, query: Mapping[str, str] | None, body: object
    ) -> Answer:
        error: DestinationError
        try:
            response = self._session.request(
                method,
                self._base_url + path,
                params=query,
                data=None if body is None else json.dumps(body, allow_nan=False).encode(),
                timeout=self._timeouts,
                allow_redirects=False,
            )
            return Answer(
                self._service, method, path, response.status_code, response.headers, _json(response)
            )
        except requests.RequestException as problem:
            error = _transport_error(problem, f"{self._service}: {method} {path}")
        # Outside the handler: the library's error holds the request, token and rows included.
        raise error

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = (error.retry_after or 0.0) if isinstance(error, Retriable) else 0.0
        bound = self._policy.first_wait * 2 ** (state.attempt_number - 1)
        return asked + self._jitter(0.0, min(bound, self._policy.longest_wait))


def default_error(answer: Answer, *, idempotent: bool) -> DestinationError | None:
    """Say what a status means where the vendor says nothing else. None: it is a success."""
    status = answer.status
    if 200 <= status < 300:
        return None
    if status == 401:
        return AccessRefused(f"{answer}: the token is not accepted. Check it.")
    if status == 403:
        return AccessRefused(f"{answer}: the token lacks a right that this call needs.")
    if status in {400, 409, 413, 422}:
        return BatchRefused(f"{answer}.", code=str(status))
    if status in {408, 425, 429}:
        return Retriable(f"{answer}.", retry_after=retry_after(answer))
    if status >= 500:
        # A gateway can fail after the write was applied behind it.
        if idempotent:
            return Retriable(f"{answer}.", retry_after=retry_after(answer))
        return Ambiguous(f"{answer}: it may or may not have been applied.")
    return DestinationError(f"{answer}. Check the address and the API version in the settings.")


def retry_after(answer: Answer) -> float | None:
    """Give the seconds that a Retry-After header asks for, as a number or as a date."""
    asked = answer.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(answer.headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


def is_loopback(url: str) -> bool:
    """Tell whether a URL stays on this machine."""
    return urlsplit(url).hostname in LOOPBACK


def check_base_url(service: str, url: str) -> str:
    """Give the URL without a slash at its end; refuse one that would send the token in clear."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query:
        raise ConfigError(f"{service}: the base URL must look like https://api.example.com.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise ConfigError(f"{service}: the base URL must start with https://.")
    return url.rstrip("/")


def _session(service: str, base_url: str, token: str) -> requests.Session:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"{service}: the token is empty or has a character no token has.")
    session = requests.Session()
    session.auth = _Bearer(token)
    session.headers.update({"Accept": "application/json", "Content-Type": "application/json"})
    # A proxy of the machine cannot reach a server on the loopback address.
    session.trust_env = not is_loopback(base_url)
    return session


def _json(response: requests.Response) -> Mapping[str, object] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _transport_error(problem: requests.RequestException, what: str) -> DestinationError:
    if isinstance(problem, requests.exceptions.SSLError) and "CERTIFICATE" in str(problem):
        return AccessRefused(f"{what}: the server's certificate is not trusted. Check the address.")
    reason = getattr(problem.args[0], "reason", None) if problem.args else None
    if isinstance(problem, (requests.ConnectTimeout, requests.exceptions.ProxyError)) or isinstance(
        reason, NewConnectionError
    ):
        return Retriable(f"{what}: no connection.")
    return Ambiguous(f"{what}: sent, but no complete answer came back.")


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.info("%s Trying again in %.1f s.", error, state.upcoming_sleep)
