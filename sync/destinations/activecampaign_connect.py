"""Open ActiveCampaign by the settings in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from sync.changes import Destination
from sync.destinations import activecampaign_list
from sync.destinations.activecampaign import (
    CALLS_PER_SECOND,
    ActiveCampaignContacts,
    capabilities,
)
from sync.destinations.activecampaign_answers import classify
from sync.destinations.activecampaign_list import ActiveCampaignListMembers
from sync.destinations.connection import (
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    address,
    limiter,
)
from sync.destinations.header_key import HeaderKey
from sync.destinations.settings import Given
from sync.errors import ConfigError
from sync.http import HttpClient
from sync.sandbox import DEFAULT_TOKEN

VERSION = "/api/3"
LIST_MEMBERS = "list_members"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/activecampaign.md."""

    key: str
    url: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read ACTIVECAMPAIGN_*; a setting that makes no sense is a ConfigError."""
        given = Given("ACTIVECAMPAIGN", environment)
        url = given.text("API_URL").rstrip("/").removesuffix(VERSION)
        settings = cls(
            key=given.text("API_KEY"),
            url=url,
            rate=given.count("CALLS_PER_SECOND", CALLS_PER_SECOND),
            account=given.account(url),
        )
        given.refuse()
        return settings


@contextmanager
def open_activecampaign(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open the contacts of an account, or the members of a list."""
    settings = Settings.read(environment)
    new_in = target.settings.get("list", "")
    if target.object == "contacts" and new_in and not (new_in.isascii() and new_in.isdigit()):
        raise ConfigError("sync.settings.list: must be the number of a list.")
    budget = f"activecampaign {settings.url} {settings.account}"
    with HttpClient(
        "ActiveCampaign",
        settings.url + VERSION,
        auth=HeaderKey("ActiveCampaign", "Api-Token", settings.key),
        classify=classify,
        limiter=limiter(environment, settings.rate, 1.0, budget=budget),
    ) as http:
        yield Connection(
            _destination(http, settings, target), settings.account, address(settings.url)
        )


def _destination(http: HttpClient, settings: Settings, target: Target) -> Destination:
    list_ = target.settings.get("list", "")
    if target.object == LIST_MEMBERS:
        return ActiveCampaignListMembers(http, list_, calls_per_second=settings.rate)
    new_in = int(list_) if list_ else None
    return ActiveCampaignContacts(http, new_in=new_in, calls_per_second=settings.rate)


CONNECTOR = Connector(
    objects={
        "contacts": Kind(capabilities(), optional=("list",)),
        LIST_MEMBERS: Kind(activecampaign_list.capabilities(), required=("list",)),
    },
    needs=("ACTIVECAMPAIGN_API_URL", "ACTIVECAMPAIGN_API_KEY"),
    sandboxed=lambda url: {
        "ACTIVECAMPAIGN_API_URL": f"{url}/activecampaign",
        "ACTIVECAMPAIGN_API_KEY": DEFAULT_TOKEN,
        "ACTIVECAMPAIGN_CALLS_PER_SECOND": "1000",
    },
    open=open_activecampaign,
)
