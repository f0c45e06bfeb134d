"""Open a custom audience of Meta by the settings in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from sync.destinations.connection import (
    SANDBOX,
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    limiter,
)
from sync.destinations.meta import HOUR, MetaAudience, capabilities
from sync.destinations.meta_answers import classify
from sync.errors import ConfigError
from sync.http import HttpClient, is_loopback
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

        def setting(name: str, default: str) -> str:
            return environment.get(f"META_{name}", "").strip() or default

        base_url = setting("BASE_URL", "https://graph.facebook.com")
        rate = setting("CALLS_PER_HOUR", "5000")
        settings = cls(
            token=setting("TOKEN", ""),
            ad_account=setting("AD_ACCOUNT", "").removeprefix("act_"),
            base_url=base_url,
            version=setting("API_VERSION", "v26.0"),
            rate=int(rate) if rate.isascii() and rate.isdigit() else 0,
            account=setting("ACCOUNT", SANDBOX if is_loopback(base_url) else "live"),
        )
        if problems := settings._problems():
            raise ConfigError(*problems)
        return settings

    def _problems(self) -> list[str]:
        problems = []
        if not re.fullmatch("[0-9]{1,20}", self.ad_account):
            problems.append("META_AD_ACCOUNT must be the number of an ad account.")
        if not re.fullmatch(r"v\d{2}\.\d", self.version):
            problems.append("META_API_VERSION must be a version such as v26.0.")
        if self.rate < 1:
            problems.append("META_CALLS_PER_HOUR must be a whole number above 0, such as 5000.")
        if self.account == SANDBOX and not is_loopback(self.base_url):
            problems.append("META_ACCOUNT: the name sandbox is taken. Choose another.")
        return problems


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
        yield Connection(destination, settings.account)


CONNECTOR = Connector(
    objects={"members": Kind(capabilities(), required=("audience",))},
    needs=("META_TOKEN", "META_AD_ACCOUNT"),
    sandboxed=lambda url: {
        "META_TOKEN": DEFAULT_TOKEN,
        "META_AD_ACCOUNT": "1234567890",
        "META_BASE_URL": f"{url}/meta",
        "META_CALLS_PER_HOUR": "100000",
    },
    open=open_members,
)
