"""Open a custom audience of Meta by the settings in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from sync.destinations.connection import (
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    address,
    limiter,
)
from sync.destinations.meta import HOUR, MetaAudience, capabilities
from sync.destinations.meta_answers import classify
from sync.destinations.settings import Given
from sync.http import HttpClient
from sync.sandbox import DEFAULT_TOKEN


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/meta.md."""

    token: str
    ad_account: str
    base_url: str
    version: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read META_*; a setting that makes no sense is a ConfigError."""
        given = Given("META", environment)
        base_url = given.text("BASE_URL", "https://graph.facebook.com")
        settings = cls(
            token=given.text("TOKEN"),
            ad_account=given.text("AD_ACCOUNT").removeprefix("act_"),
            base_url=base_url,
            version=given.text("API_VERSION", "v26.0"),
            rate=given.count("CALLS_PER_HOUR", 5000),
            account=given.account(base_url),
        )
        is_number = re.fullmatch("[0-9]{1,20}", settings.ad_account)
        given.check("AD_ACCOUNT", is_number, "must be the number of an ad account")
        is_version = re.fullmatch(r"v\d{2}\.\d", settings.version)
        given.check("API_VERSION", is_version, "must be a version such as v26.0")
        given.refuse()
        return settings


@contextmanager
def open_members(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open the audience that an exposure names, by its id or its name."""
    settings = Settings.read(environment)
    with HttpClient(
        "Meta",
        settings.base_url,
        token=settings.token,
        classify=classify,
        limiter=limiter(
            environment,
            settings.rate,
            HOUR,
            budget=f"meta {settings.base_url} {settings.account} {settings.ad_account}",
        ),
        timeouts=(5.0, 120.0),
    ) as http:
        destination = MetaAudience(
            http,
            target.settings["audience"],
            ad_account=settings.ad_account,
            version=settings.version,
            calls_per_hour=settings.rate,
        )
        place = address(settings.base_url) | {"ad account": settings.ad_account}
        yield Connection(destination, settings.account, place)


CONNECTOR = Connector(
    objects={"members": Kind(capabilities(), required=("audience",), needs_unique_key=True)},
    needs=("META_TOKEN", "META_AD_ACCOUNT"),
    sandboxed=lambda url: {
        "META_TOKEN": DEFAULT_TOKEN,
        "META_AD_ACCOUNT": "1234567890",
        "META_BASE_URL": f"{url}/meta",
        "META_CALLS_PER_HOUR": "100000",
    },
    open=open_members,
)
