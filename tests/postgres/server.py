"""A PostgreSQL server of our own: a fresh cluster in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

DATABASE = "postgres"
USER = "decile"
START_SECONDS = 30

CLUSTER = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]

# Nothing here has to survive a crash. The zone is one that no model may depend on.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "256MB",
    "synchronous_commit": "off",
    "timezone": "Asia/Kolkata",
    "work_mem": "64MB",
}


def programs() -> Path:
    """Where initdb and postgres are: the newest of Debian's versions, or on the PATH."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=shutil.which("initdb"))
    if newest is None:
        raise SystemExit("PostgreSQL's initdb was not found; run tests/postgres/install.sh")
    return Path(newest).resolve().parent


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root hands it to the package's own user."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_cluster(folder: Path, data: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password)
    hand_over(secret)
    command = [programs() / "initdb", "-D", data, "-U", USER, f"--pwfile={secret}", *CLUSTER]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **unprivileged())


def hand_over(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")


@contextmanager
def folder_for_the_server() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="decile-postgres-") as name:
        hand_over(Path(name))
        yield Path(name)


def wait_until_ready(server: subprocess.Popen[bytes], dsn: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg2.connect(dsn).close()
            return
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.1)


def start(folder: Path, data: Path, port: int) -> subprocess.Popen[bytes]:
    options = [option for name in SETTINGS for option in ("-c", f"{name}={SETTINGS[name]}")]
    command = [programs() / "postgres", "-D", data, "-p", str(port), "-k", folder, *options]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **unprivileged())


@contextmanager
def postgres() -> Iterator[tuple[str, dict[str, str]]]:
    """Start a server; give its address and the settings with which the project finds it."""
    with folder_for_the_server() as folder:
        password, data, port = secrets.token_hex(16), folder / "data", free_port()
        make_cluster(folder, data, password)
        dsn = f"host=127.0.0.1 port={port} user={USER} password={password} dbname={DATABASE}"
        server = start(folder, data, port)
        try:
            wait_until_ready(server, dsn, folder / "log")
            yield (
                dsn,
                {
                    "DECILE_POSTGRES_HOST": "127.0.0.1",
                    "DECILE_POSTGRES_PORT": str(port),
                    "DECILE_POSTGRES_USER": USER,
                    "DECILE_POSTGRES_PASSWORD": password,
                    "DECILE_POSTGRES_DATABASE": DATABASE,
                },
            )
        finally:
            # An interrupt: open connections are cut, the server ends at once.
            server.send_signal(signal.SIGINT)
            server.wait(timeout=START_SECONDS)
