"""Open Brevo by the settings in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Self

from sync.changes import Destination
from sync.destinations import brevo_list
from sync.destinations.brevo import CALLS_PER_SECOND, BrevoContacts, capabilities
from sync.destinations.brevo_answers import classify
from sync.destinations.brevo_list import BrevoListMembers
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
from sync.destinations.settings import Given
from sync.errors import ConfigError
from sync.http import HttpClient
from sync.sandbox import DEFAULT_TOKEN

LIST_MEMBERS = "list_members"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/brevo.md."""

    key: str
    base_url: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read BREVO_*; a setting that makes no sense is a ConfigError."""
        given = Given("BREVO", environment)
        base_url = given.text("BASE_URL", "https://api.brevo.com/v3")
        settings = cls(
            key=given.text("API_KEY"),
            base_url=base_url,
            rate=given.count("CALLS_PER_SECOND", CALLS_PER_SECOND),
            account=given.account(base_url),
        )
        given.refuse()
        return settings


@contextmanager
def open_brevo(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open contacts, or members of a list. No message shows a path: it may hold an address."""
    settings = Settings.read(environment)
    new_in = target.settings.get("list", "")
    if target.object == "contacts" and new_in and not (new_in.isascii() and new_in.isdigit()):
        raise ConfigError("sync.settings.list: must be the number of a list.")
    budget = f"brevo {settings.base_url} {settings.account}"
    with HttpClient(
        "Brevo",
        settings.base_url,
        auth=HeaderKey("Brevo", "api-key", settings.key),
        classify=classify,
        limiter=limiter(environment, settings.rate, 1.0, budget=budget),
        shown_path="contacts",
    ) as http:
        yield Connection(
            _destination(http, settings, target),
            settings.account,
            address(settings.base_url),
            partial(owner_by, http, "/account", "organization_id", name="organization"),
        )


def _destination(http: HttpClient, settings: Settings, target: Target) -> Destination:
    list_ = target.settings.get("list", "")
    if target.object == LIST_MEMBERS:
        return BrevoListMembers(http, list_, calls_per_second=settings.rate)
    new_in = int(list_) if list_ else None
    return BrevoContacts(http, new_in=new_in, calls_per_second=settings.rate)


CONNECTOR = Connector(
    objects={
        "contacts": Kind(capabilities(), optional=("list",)),
        LIST_MEMBERS: Kind(brevo_list.capabilities(), required=("list",)),
    },
    needs=("BREVO_API_KEY",),
    sandboxed=lambda url: {
        "BREVO_API_KEY": DEFAULT_TOKEN,
        "BREVO_BASE_URL": f"{url}/brevo/v3",
        "BREVO_CALLS_PER_SECOND": "1000",
    },
    open=open_brevo,
)
