"""Open Pipedrive by the settings in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from sync.changes import Destination
from sync.destinations.connection import (
    SANDBOX,
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    limiter,
)
from sync.destinations.header_key import HeaderKey
from sync.destinations.pipedrive import (
    CALLS_PER_WINDOW,
    WINDOW_SECONDS,
    PipedrivePersons,
    capabilities,
    classify,
)
from sync.destinations.pipedrive_activities import SETTINGS, PipedriveActivities
from sync.errors import ConfigError
from sync.http import HttpClient, is_loopback
from sync.sandbox import DEFAULT_TOKEN

ACTIVITIES = "activities"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/pipedrive.md."""

    token: str
    base_url: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read PIPEDRIVE_*; a setting that makes no sense is a ConfigError."""

        def setting(name: str, default: str) -> str:
            return environment.get(f"PIPEDRIVE_{name}", "").strip() or default

        base_url = setting("BASE_URL", "https://api.pipedrive.com/api/v2")
        rate = setting("CALLS_PER_2S", str(CALLS_PER_WINDOW))
        account = setting("ACCOUNT", SANDBOX if is_loopback(base_url) else "live")
        problems = []
        if not (rate.isascii() and rate.isdigit() and int(rate)):
            problems.append("PIPEDRIVE_CALLS_PER_2S must be a whole number above 0, such as 20.")
        if account == SANDBOX and not is_loopback(base_url):
            problems.append("PIPEDRIVE_ACCOUNT: the name sandbox is taken. Choose another.")
        if problems:
            raise ConfigError(*problems)
        return cls(token=setting("TOKEN", ""), base_url=base_url, rate=int(rate), account=account)


@contextmanager
def open_pipedrive(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open one kind of record of a company."""
    settings = Settings.read(environment)
    budget = f"pipedrive {settings.base_url} {settings.account}"
    with HttpClient(
        "Pipedrive",
        settings.base_url,
        auth=HeaderKey("Pipedrive", "x-api-token", settings.token),
        classify=classify,
        limiter=limiter(environment, settings.rate, WINDOW_SECONDS, budget=budget),
    ) as http:
        destination: Destination = PipedrivePersons(http, calls_per_window=settings.rate)
        if target.object == ACTIVITIES:
            destination = PipedriveActivities(
                http, defaults=target.settings, calls_per_window=settings.rate
            )
        yield Connection(destination, settings.account)


CONNECTOR = Connector(
    objects={
        "persons": Kind(capabilities()),
        ACTIVITIES: Kind(capabilities(frozenset({"append"})), optional=SETTINGS),
    },
    needs=("PIPEDRIVE_TOKEN",),
    sandboxed=lambda url: {
        "PIPEDRIVE_TOKEN": DEFAULT_TOKEN,
        "PIPEDRIVE_BASE_URL": f"{url}/pipedrive/api/v2",
        "PIPEDRIVE_CALLS_PER_2S": "10000",
    },
    open=open_pipedrive,
)
