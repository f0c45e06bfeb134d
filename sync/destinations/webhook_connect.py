"""Open a webhook by the settings in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from sync.destinations.connection import (
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    address,
    limiter,
)
from sync.destinations.settings import Given
from sync.destinations.webhook import Webhook, capabilities, classify
from sync.http import HttpClient, RetryPolicy
from sync.render import digest
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
        given = Given("WEBHOOK", environment)
        url, keys = given.text("URL"), []
        for secret in given.text("SECRET", "none").split():
            try:
                keys.append(read_secret(secret))
            except ValueError as problem:
                given.wrong("SECRET", str(problem))
        settings = cls(
            url=url,
            keys=tuple(keys),
            rate=given.count("CALLS_PER_SECOND", 10),
            account=given.account(url),
        )
        given.refuse()
        return settings


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
        # Whoever knows the path may write there, so the ledger keeps a digest of it.
        place = address(settings.url) | {"path (digest)": digest(parts.path)[:12]}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        yield Connection(
            Webhook(http, path, calls_per_second=settings.rate), settings.account, place
        )


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
