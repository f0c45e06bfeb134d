"""The sandbox as a server on this machine: in-process for tests and first runs, or on its own."""

from __future__ import annotations

import ipaddress
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from sync.errors import ConfigError
from sync.http import LOOPBACK
from sync.sandbox.api import Api
from sync.sandbox.replies import JSON, Reply, Request, problem
from sync.sandbox.service import Limit
from sync.sandbox.store import Store

DEFAULT_PORT = 8765
DEFAULT_TOKEN = "sandbox-token"  # noqa: S105  (known to everyone: it opens nothing but this)
MAX_BODY = 8_000_000


class Sandbox:
    """A stand-in for every destination on 127.0.0.1, from `with` to its end.

    `state` is its SQLite file; `records` a CSV like raw_hubspot__contact, whose contacts it
    starts with. Port 0 takes a free one. `clock` and `sleep` are seconds, for tests. `api` is
    what answers behind the socket.
    """

    def __init__(
        self,
        *,
        state: Path,
        records: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str = DEFAULT_TOKEN,
        limit: Limit | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        if not _is_loopback(host):
            raise ConfigError("The sandbox listens on this machine only: use 127.0.0.1.")
        self.token = token
        self._store = Store(state)
        try:
            if records:
                self._store.add_records(records)
            self.api = Api(self._store, token=token, limit=limit, clock=clock)
            self._server = _Server((host, port), self.api, sleep)
        except BaseException as error:
            self._store.close()
            if isinstance(error, OSError):
                raise ConfigError(f"Port {port} of {host} is taken. Choose another.") from None
            raise
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        self._store.close()

    def wait(self) -> None:
        """Serve until the thread ends or the user interrupts."""
        while self._thread.is_alive():
            self._thread.join(timeout=1)


def serve(
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    *,
    state: Path,
    records: Path | None = None,
    token: str = DEFAULT_TOKEN,
    limit: Limit | None = None,
    announce: Callable[[Sandbox], None] = lambda sandbox: None,
) -> None:
    """Run the sandbox until it is interrupted. `announce` is called once it answers."""
    with Sandbox(
        state=state, records=records, host=host, port=port, token=token, limit=limit
    ) as sandbox:
        try:
            announce(sandbox)
            sandbox.wait()
        except KeyboardInterrupt:
            return


class _Server(ThreadingHTTPServer):
    # Threads are waited for at the end, so that no answer is lost and no socket left open.
    daemon_threads = False

    def __init__(
        self, address: tuple[str, int], api: Api, sleep: Callable[[float], object] | None
    ) -> None:
        self.api = api
        self.closing = threading.Event()
        self.sleep = sleep or self.closing.wait  # an end comes before a slow answer
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # Without the look-up of the host's name that http.server makes, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open, and the answers that take their time."""
        self.closing.set()
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it ended by itself
                continue

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hung up; a traceback would show what it sent."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "decile-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the calls are in /sandbox/calls."""

    def _handle(self) -> None:
        refused, body = self._body()
        if refused:
            self.close_connection = True
            self._send(refused)
            return
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
        )
        try:
            reply = self.server.api.answer(request)
        except Exception as error:  # its text could show what was sent
            reply = problem(500, "SANDBOX_ERROR", f"The sandbox failed: {type(error).__name__}.")
        if reply.delay:
            self.server.sleep(reply.delay)
        self._send(reply)

    def _body(self) -> tuple[Reply | None, bytes]:
        # A page of another site must not get in through a name that points to this machine.
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host not in LOOPBACK:
            return problem(403, "FORBIDDEN", "The sandbox answers to its own address only."), b""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            return problem(411, "LENGTH_REQUIRED", "Content-Length is missing."), b""
        if int(length) > MAX_BODY:
            return problem(413, "PAYLOAD_TOO_LARGE", "The body is too large."), b""
        body = self.rfile.read(int(length))
        kind = self.headers.get_content_type()
        takes = self.server.api.takes(urlsplit(self.path).path, kind)
        if self.command in {"POST", "PUT", "PATCH"} and not takes:
            return problem(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json."), b""
        return None, body

    def _send(self, reply: Reply) -> None:
        payload = b"" if reply.status == 204 else _bytes(reply.body)
        if reply.is_cut and not payload:  # nothing else is there to cut off
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in self._headers(reply, len(payload)).items():
            self.send_header(name, value)
        self.end_headers()
        if reply.is_cut:
            payload = payload[: len(payload) // 2]
            self.close_connection = True
        self.wfile.write(payload)
        self.wfile.flush()

    def _headers(self, reply: Reply, length: int) -> Mapping[str, str]:
        return {
            "Content-Type": reply.type,
            **({} if reply.status == 204 else {"Content-Length": str(length)}),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **({"Connection": "close"} if self.close_connection else {}),
            **({} if reply.type == JSON else {"Content-Security-Policy": _POLICY}),
            **reply.headers,
        }


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


def _bytes(body: object) -> bytes:
    if isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback and ":" not in host
    except ValueError:
        return False
