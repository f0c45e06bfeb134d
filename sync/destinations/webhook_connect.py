"""Open a webhook by the settings in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from sync.destinations.connection import (
    SANDBOX,
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    limiter,
)
from sync.destinations.webhook import Webhook, capabilities, classify
from sync.errors import ConfigError
from sync.http import HttpClient, RetryPolicy, is_loopback
from sync.sandbox import WEBHOOK_PATH, WEBHOOK_SECRET
from sync.signature import Signed, read_secret


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/webhook.md."""

    url: str
    keys: tuple[bytes, ...]
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read WEBHOOK_*; a setting that makes no sense is a ConfigError."""

        def setting(name: str, default: str) -> str:
            return environment.get(f"WEBHOOK_{name}", "").strip() or default

        url, rate = setting("URL", ""), setting("CALLS_PER_SECOND", "10")
        account = setting("ACCOUNT", SANDBOX if is_loopback(url) else "live")
        problems, keys = [], []
        for secret in setting("SECRET", "none").split():
            try:
                keys.append(read_secret(secret))
            except ValueError as problem:
                problems.append(f"WEBHOOK_SECRET {problem}.")
        if not (rate.isascii() and rate.isdigit() and int(rate)):
            problems.append("WEBHOOK_CALLS_PER_SECOND must be a whole number above 0, such as 10.")
        if account == SANDBOX and not is_loopback(url):
            problems.append("WEBHOOK_ACCOUNT: the name sandbox is taken. Choose another.")
        if problems:
            raise ConfigError(*problems)
        return cls(url=url, keys=tuple(keys), rate=int(rate), account=account)


@contextmanager
def open_webhook(environment: Environment, _target: Target) -> Iterator[Connection]:
    """Open the endpoint. Its path and query may be secret, so no message shows them."""
    settings = Settings.read(environment)
    parts = urlsplit(settings.url)
    with HttpClient(
        "Webhook",
        f"{parts.scheme}://{parts.netloc}",
        auth=Signed(settings.keys),
        classify=classify,
        limiter=limiter(
            environment,
            settings.rate,
            1.0,
            budget=f"webhook {settings.url} {settings.account}",
        ),
        policy=RetryPolicy(attempts=5, total_seconds=60),
        timeouts=(5.0, 20.0),
        shown_path="its endpoint",
        json_answers=False,
    ) as http:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        yield Connection(Webhook(http, path, calls_per_second=settings.rate), settings.account)


CONNECTOR = Connector(
    objects={"rows": Kind(capabilities())},
    needs=("WEBHOOK_URL", "WEBHOOK_SECRET"),
    sandboxed=lambda url: {
        "WEBHOOK_URL": f"{url}{WEBHOOK_PATH}",
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
        "WEBHOOK_CALLS_PER_SECOND": "1000",
    },
    open=open_webhook,
)
