"""Open Pipedrive by the settings in the environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Self

from sync.changes import Destination
from sync.destinations.connection import (
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    address,
    limiter,
    owner_by,
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
from sync.destinations.settings import Given
from sync.http import HttpClient
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
        given = Given("PIPEDRIVE", environment)
        base_url = given.text("BASE_URL", "https://api.pipedrive.com/api/v2")
        settings = cls(
            token=given.text("TOKEN"),
            base_url=base_url,
            rate=given.count("CALLS_PER_2S", CALLS_PER_WINDOW),
            account=given.account(base_url),
        )
        given.refuse()
        return settings


@contextmanager
def open_pipedrive(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open one kind of record of a company."""
    settings = Settings.read(environment)
    budget = f"pipedrive {settings.base_url} {settings.account}"
    client = partial(
        HttpClient,
        "Pipedrive",
        auth=HeaderKey("Pipedrive", "x-api-token", settings.token),
        classify=classify,
        limiter=limiter(environment, settings.rate, WINDOW_SECONDS, budget=budget),
    )
    with client(settings.base_url) as http:
        destination: Destination = PipedrivePersons(http, calls_per_window=settings.rate)
        if target.object == ACTIVITIES:
            destination = PipedriveActivities(
                http, defaults=target.settings, calls_per_window=settings.rate
            )
        yield Connection(
            destination,
            settings.account,
            address(settings.base_url),
            partial(_owner, client, settings.base_url),
        )


def _owner(client: Callable[[str], HttpClient], base_url: str) -> dict[str, str]:
    # Version 2 has no such path: it is one of those of version 1 that stay.
    with client(f"{base_url.rstrip('/').removesuffix('/v2')}/v1") as http:
        return owner_by(http, "/users/me", "data.company_id", name="company")


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
