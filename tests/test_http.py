"""The HTTP client: what it retries, how long it waits, and what its errors say."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from sync.answers import Answer, retry_after
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    Retriable,
)
from sync.http import HttpClient, RetryPolicy
from sync.rate_limit import RateLimiter

SECRET = "token-nobody-may-see"
ROW = {"email": "ada@example.com"}


@dataclass
class Clock:
    """Time that passes only when someone sleeps."""

    now: float = 0.0
    naps: list[float] = field(default_factory=list)

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Scripted:
    status: int = 200
    body: bytes = b'{"ok": true}'
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    hang: bool = False


class Service:
    """Answers with a script, and with 200 when it is at its end."""

    def __init__(self, script: list[Scripted]) -> None:
        self.script = script
        self.seen: list[tuple[str, Mapping[str, str], bytes]] = []
        self.done = threading.Event()
        self.url = ""

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        self.seen.append((handler.path, dict(handler.headers), body))
        reply = self.script.pop(0) if self.script else Scripted()
        if reply.hang:
            self.done.wait(10)
        handler.send_response_only(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(reply.body[: reply.cut_after])


@contextmanager
def serving(*script: Scripted) -> Iterator[Service]:
    service = Service(list(script))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            service.handle(self)

        def do_POST(self) -> None:
            service.handle(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        server.handle_error = lambda *_: None
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield service
        service.done.set()
        server.shutdown()
        thread.join()


@contextmanager
def client_of(url: str, clock: Clock | None = None, **settings: object) -> Iterator[HttpClient]:
    clock = clock or Clock()
    given = {"jitter": lambda low, high: high, "clock": clock.read, "sleep": clock.sleep}
    with HttpClient("Service", url, token=SECRET, **(given | settings)) as client:
        yield client


def test_a_call_carries_the_token_and_the_body_and_gives_the_object() -> None:
    with serving() as service, client_of(service.url) as client:
        assert client.post("/rows", ROW, idempotent=False) == {"ok": True}
        path, headers, body = service.seen[0]
    assert path == "/rows"
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert json.loads(body) == ROW


def test_the_token_of_the_settings_wins_over_the_machine_s_netrc(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="utf-8") as file:
        file.write("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", netrc)
    with serving() as service, client_of(service.url) as client:
        client.get("/rows")
        assert service.seen[0][1]["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 521, 523, 524])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with serving(Scripted(status)) as service, client_of(service.url) as client:
        assert client.post("/rows", ROW, idempotent=True) == {"ok": True}
        assert len(service.seen) == 2


def test_waits_double_up_to_the_longest_and_end_after_the_last_attempt() -> None:
    clock = Clock()
    policy = RetryPolicy(attempts=5, first_wait=1, longest_wait=4)
    with (
        serving(*[Scripted(503)] * 9) as service,
        client_of(service.url, clock, policy=policy) as client,
        pytest.raises(Retriable, match="Service answered 503 to GET /rows"),
    ):
        client.get("/rows")
    assert clock.naps == [1, 2, 4, 4]
    assert len(service.seen) == 5


def test_no_wait_goes_beyond_the_total_time() -> None:
    clock = Clock()
    policy = RetryPolicy(attempts=99, total_seconds=10, first_wait=4, longest_wait=4)
    with (
        serving(*[Scripted(503)] * 9) as service,
        client_of(service.url, clock, policy=policy) as client,
        pytest.raises(Retriable),
    ):
        client.get("/rows")
    assert clock.naps == [4, 4]


def test_retry_after_is_waited_for_and_the_jitter_comes_on_top() -> None:
    clock = Clock()
    with (
        serving(Scripted(429, headers={"Retry-After": "7"})) as service,
        client_of(service.url, clock) as client,
    ):
        client.get("/rows")
    assert clock.naps == [7.5]


def test_a_wait_longer_than_the_total_time_is_left_to_the_caller() -> None:
    clock = Clock()
    with (
        serving(Scripted(429, headers={"Retry-After": "3600"})) as service,
        client_of(service.url, clock) as client,
        pytest.raises(Retriable) as caught,
    ):
        client.get("/rows")
    assert caught.value.retry_after == 3600
    assert clock.naps == []


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("12", 12.0),
        ("Sat, 21 Nov 2026 10:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(asked: str, seconds: float | None) -> None:
    headers = {"Retry-After": asked, "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}
    answer = Answer("Service", "GET", "/rows", 429, headers, None)
    assert retry_after(answer) == seconds


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BatchRefused),
        (401, AccessRefused),
        (403, AccessRefused),
        (404, DestinationError),
        (413, BatchRefused),
        (302, DestinationError),
    ],
)
def test_what_will_not_pass_is_not_tried_again(status: int, error: type[DestinationError]) -> None:
    with (
        serving(Scripted(status, headers={"Location": "/elsewhere"})) as service,
        client_of(service.url) as client,
        pytest.raises(DestinationError) as caught,
    ):
        client.post("/rows", ROW, idempotent=True)
    assert type(caught.value) is error
    assert len(service.seen) == 1


def test_a_status_can_be_accepted_as_an_answer() -> None:
    with serving(Scripted(409)) as service, client_of(service.url) as client:
        assert client.send("POST", "/rows", idempotent=True, accept={409}).status == 409


LOST = [
    pytest.param(Scripted(cut_after=5), id="cut in the middle"),
    pytest.param(Scripted(body=b"<html>"), id="not JSON"),
    pytest.param(Scripted(body=b"[1]"), id="not an object"),
    pytest.param(Scripted(hang=True), id="read time-out"),
]


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_answer_is_asked_for_again_where_that_is_safe(lost: Scripted) -> None:
    with serving(lost) as service, client_of(service.url, timeouts=(1, 0.2)) as client:
        assert client.post("/rows", ROW, idempotent=True) == {"ok": True}
        assert len(service.seen) == 2


@pytest.mark.parametrize("lost", [*LOST, pytest.param(Scripted(502), id="gateway")])
def test_a_lost_answer_is_ambiguous_where_it_is_not(lost: Scripted) -> None:
    with (
        serving(lost) as service,
        client_of(service.url, timeouts=(1, 0.2)) as client,
        pytest.raises(Ambiguous),
    ):
        client.post("/rows", ROW, idempotent=False)
    assert len(service.seen) == 1


def test_no_connection_is_retriable_even_where_repeating_is_not_safe() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        clock = Clock()
        policy = RetryPolicy(attempts=3)
        with (
            client_of(url, clock, policy=policy) as client,
            pytest.raises(Retriable, match="no connection"),
        ):
            client.post("/rows", ROW, idempotent=False)
    assert len(clock.naps) == 2


def test_an_answer_without_a_body_is_an_empty_object() -> None:
    with serving(Scripted(204, b"")) as service, client_of(service.url) as client:
        assert client.post("/rows", ROW, idempotent=False) == {}


def test_the_destination_says_first_what_a_status_means() -> None:
    def classify(answer: Answer) -> DestinationError | None:
        return Ambiguous("ours") if answer.status == 400 else None

    with (
        serving(Scripted(400)) as service,
        client_of(service.url, classify=classify) as client,
        pytest.raises(Ambiguous, match="ours"),
    ):
        client.post("/rows", ROW, idempotent=False)


@pytest.mark.parametrize(
    "reply",
    [Scripted(400, b'{"message": "ada@example.com"}'), Scripted(500), *(p.values[0] for p in LOST)],
)
def test_errors_and_logs_hold_neither_token_nor_row(
    reply: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        serving(reply, reply) as service,
        client_of(service.url, timeouts=(1, 0.2), policy=RetryPolicy(attempts=2)) as client,
        pytest.raises(DestinationError) as caught,
    ):
        client.post("/rows", ROW, idempotent=True)
    chain = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    ours = "".join(record.getMessage() for record in caplog.records)
    for text in (chain, ours):
        assert SECRET not in text
        assert "ada@" not in text


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "ftp://api.example.com",
        "api.example.com",
        "https://a:b@example.com",
    ],
)
def test_a_base_url_that_would_show_the_token_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        HttpClient("Service", url, token=SECRET)


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "sécret"])
def test_a_token_that_no_header_can_carry_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(ConfigError) as caught:
        HttpClient("Service", "https://api.example.com", token=token)
    assert not token or token not in str(caught.value)


def test_threads_share_the_client_but_no_session() -> None:
    with serving() as service, client_of(service.url) as client:
        with ThreadPoolExecutor(4) as pool:
            barrier = threading.Barrier(4)

            def ask(number: int) -> requests.Session:
                barrier.wait(5)
                assert client.get(f"/rows/{number}") == {"ok": True}
                session = client._session()
                assert session is client._session()
                return session

            sessions = list(pool.map(ask, range(4)))
        assert len(set(map(id, sessions))) == 4
        assert sorted(path for path, _, _ in service.seen) == [f"/rows/{n}" for n in range(4)]


def test_the_limiter_never_lets_more_through_than_the_limit_in_any_window() -> None:
    clock = Clock()
    limiter = RateLimiter(3, 10, clock=clock.read, sleep=clock.sleep)
    times = []
    for step in (0, 1, 0, 0, 5, 0, 0, 0, 30, 0):
        clock.now += step
        limiter.wait()
        times.append(clock.now)
    for start in times:
        assert sum(start <= moment < start + 10 for moment in times) <= 3
    assert times[3] == 10  # as soon as the first call has left the window, not later


def test_retries_count_against_the_limit() -> None:
    clock = Clock()
    limiter = RateLimiter(2, 10, clock=clock.read, sleep=clock.sleep)
    with (
        serving(Scripted(503), Scripted(503)) as service,
        client_of(service.url, clock, limiter=limiter, jitter=lambda low, high: 0.0) as client,
    ):
        client.get("/rows")
    assert clock.now == 10
