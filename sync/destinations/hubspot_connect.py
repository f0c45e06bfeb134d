"""Open HubSpot by the settings in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Self

from sync.changes import Destination
from sync.destinations import hubspot_list
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
from sync.destinations.hubspot import WINDOW_SECONDS, HubSpotContacts, capabilities, classify
from sync.destinations.hubspot_list import HubSpotListMembers
from sync.destinations.hubspot_setup import NAME
from sync.destinations.settings import Given
from sync.http import HttpClient
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
        given = Given("HUBSPOT", environment)
        base_url = given.text("BASE_URL", "https://api.hubapi.com")
        settings = cls(
            token=given.text("TOKEN"),
            base_url=base_url,
            version=given.text("API_VERSION", "2026-09"),
            unique_property=given.text("UNIQUE_PROPERTY", "decile_contact_id"),
            rate=given.count("RATE_PER_10S", 100),
            account=given.account(base_url),
        )
        is_dated = re.fullmatch(r"\d{4}-\d{2}", settings.version)
        given.check("API_VERSION", is_dated, "must be a dated version such as 2026-09")
        is_name = NAME.fullmatch(settings.unique_property)
        given.check("UNIQUE_PROPERTY", is_name, "must be lower case letters, digits and _")
        given.refuse()
        return settings


@contextmanager
def open_hubspot(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open the contacts of an account, or the members of a list."""
    settings = Settings.read(environment)
    whose = f"/account-info/{settings.version}/details"
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
        yield Connection(
            destination,
            settings.account,
            address(settings.base_url),
            partial(owner_by, http, whose, "portalId", name="portal"),
        )


CONNECTOR = Connector(
    objects={
        "contacts": Kind(capabilities()),
        LIST_MEMBERS: Kind(hubspot_list.capabilities(), required=("list",)),
    },
    needs=("HUBSPOT_TOKEN",),
    sandboxed=lambda url: {"HUBSPOT_TOKEN": DEFAULT_TOKEN, "HUBSPOT_BASE_URL": url},
    open=open_hubspot,
)
