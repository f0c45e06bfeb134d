"""Open HubSpot by the settings in the environment; without a token, the sandbox in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from sync.destinations.connection import SANDBOX, Connection, Connector
from sync.destinations.hubspot import WINDOW_SECONDS, HubSpotContacts, capabilities, classify
from sync.destinations.hubspot_setup import NAME
from sync.errors import ConfigError
from sync.http import HttpClient, is_loopback
from sync.rate_limit import RateLimiter
from sync.sandbox import Sandbox


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
    def read(cls, environment: Mapping[str, str]) -> Self:
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
def connect(environment: Mapping[str, str]) -> Iterator[Connection]:
    """Open HubSpot, and close it at the end. Nothing is sent before it is used.

    Without HUBSPOT_TOKEN a sandbox runs as long as the connection does, with its state in
    DECILE_SANDBOX_STATE and its first records from DECILE_SANDBOX_RECORDS.
    """
    settings = Settings.read(environment)
    if settings.token:
        with _open(settings) as connection:
            yield connection
        return
    with Sandbox(
        state=Path(environment.get("DECILE_SANDBOX_STATE") or ".decile/sandbox.sqlite"),
        records=_records(environment.get("DECILE_SANDBOX_RECORDS")),
    ) as sandbox:
        here = replace(settings, token=sandbox.token, base_url=sandbox.url, account=SANDBOX)
        with _open(here) as connection:
            yield connection


def _records(path: str | None) -> Path | None:
    """Give the CSV to start with; a project without the sample starts with no contacts."""
    sample = Path("seeds/demo/raw_hubspot__contact.csv")
    return Path(path) if path else sample if sample.exists() else None


@contextmanager
def _open(settings: Settings) -> Iterator[Connection]:
    with HttpClient(
        "HubSpot",
        settings.base_url,
        token=settings.token,
        classify=classify,
        limiter=RateLimiter(settings.rate, WINDOW_SECONDS),
    ) as http:
        destination = HubSpotContacts(
            http,
            version=settings.version,
            unique_property=settings.unique_property,
            calls_per_window=settings.rate,
        )
        yield Connection(destination, settings.account)


CONNECTOR = Connector(objects=frozenset({"contacts"}), capabilities=capabilities(), connect=connect)
