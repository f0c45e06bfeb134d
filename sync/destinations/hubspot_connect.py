"""Open HubSpot by the settings in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from sync.changes import Destination
from sync.destinations import hubspot_list
from sync.destinations.connection import (
    SANDBOX,
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    limiter,
)
from sync.destinations.hubspot import WINDOW_SECONDS, HubSpotContacts, capabilities, classify
from sync.destinations.hubspot_list import HubSpotListMembers
from sync.destinations.hubspot_setup import NAME
from sync.errors import ConfigError
from sync.http import HttpClient, is_loopback
from sync.sandbox import DEFAULT_TOKEN

LIST_MEMBERS = "list_members"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/hubspot.md."""

    token: str
    base_url: str
    version: str
    unique_property: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read HUBSPOT_*; a setting that makes no sense is a ConfigError."""

        def setting(name: str, default: str) -> str:
            return environment.get(f"HUBSPOT_{name}", "").strip() or default

        token, rate = setting("TOKEN", ""), setting("RATE_PER_10S", "100")
        base_url = setting("BASE_URL", "https://api.hubapi.com")
        settings = cls(
            token=token,
            base_url=base_url,
            version=setting("API_VERSION", "2026-09"),
            unique_property=setting("UNIQUE_PROPERTY", "decile_contact_id"),
            rate=int(rate) if rate.isascii() and rate.isdigit() else 0,
            account=setting("ACCOUNT", SANDBOX if not token or is_loopback(base_url) else "live"),
        )
        problems = settings._problems()
        if problems:
            raise ConfigError(*problems)
        return settings

    def _problems(self) -> list[str]:
        problems = []
        if not re.fullmatch(r"\d{4}-\d{2}", self.version):
            problems.append("HUBSPOT_API_VERSION must be a dated version such as 2026-09.")
        if not NAME.fullmatch(self.unique_property):
            problems.append("HUBSPOT_UNIQUE_PROPERTY must be lower case letters, digits and _.")
        if self.rate < 1:
            problems.append("HUBSPOT_RATE_PER_10S must be a whole number above 0, such as 100.")
        if self.account == SANDBOX and self.token and not is_loopback(self.base_url):
            problems.append("HUBSPOT_ACCOUNT: the name sandbox is taken. Choose another.")
        return problems


@contextmanager
def open_hubspot(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open the contacts of an account, or the members of a list."""
    settings = Settings.read(environment)
    budget = f"hubspot {settings.base_url} {settings.account}"
    with HttpClient(
        "HubSpot",
        settings.base_url,
        token=settings.token,
        classify=classify,
        limiter=limiter(environment, settings.rate, WINDOW_SECONDS, budget=budget),
    ) as http:
        destination: Destination = HubSpotContacts(
            http,
            version=settings.version,
            unique_property=settings.unique_property,
            calls_per_window=settings.rate,
        )
        if target.object == LIST_MEMBERS:
            destination = HubSpotListMembers(
                http,
                target.settings["list"],
                version=settings.version,
                unique_property=settings.unique_property,
                calls_per_window=settings.rate,
            )
        yield Connection(destination, settings.account)


CONNECTOR = Connector(
    objects={
        "contacts": Kind(capabilities()),
        LIST_MEMBERS: Kind(hubspot_list.capabilities(), required=("list",)),
    },
    needs=("HUBSPOT_TOKEN",),
    sandboxed=lambda url: {"HUBSPOT_TOKEN": DEFAULT_TOKEN, "HUBSPOT_BASE_URL": url},
    open=open_hubspot,
)
