"""Open a Mailchimp audience by the settings in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from requests.auth import HTTPBasicAuth

from sync.changes import Destination
from sync.destinations import mailchimp_tag
from sync.destinations.connection import (
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    address,
    limiter,
)
from sync.destinations.mailchimp import CALLS_PER_SECOND, MailchimpMembers, capabilities
from sync.destinations.mailchimp_answers import classify
from sync.destinations.mailchimp_tag import MailchimpTagMembers
from sync.destinations.settings import Given
from sync.errors import ConfigError
from sync.http import HttpClient
from sync.sandbox import DEFAULT_TOKEN

TAG_MEMBERS = "tag_members"
# What a new member may be. `transactional` gets no campaign.
STATUSES = ("transactional", "pending", "subscribed")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/mailchimp.md."""

    key: str
    base_url: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read MAILCHIMP_*; a setting that makes no sense is a ConfigError."""
        given = Given("MAILCHIMP", environment)
        key = given.text("API_KEY")
        data_centre = re.search(r"-([a-z]{2,3}[0-9]+)$", key)
        known = f"https://{data_centre[1]}.api.mailchimp.com/3.0" if data_centre else ""
        base_url = given.text("BASE_URL", known)
        is_plain = key.isascii() and key.isprintable() and " " not in key
        given.check("API_KEY", is_plain, "holds a character that no key has")
        whole = "must end in the data centre, such as -us21: copy the whole key"
        given.check("API_KEY", base_url, whole)
        settings = cls(
            key=key,
            base_url=base_url,
            rate=given.count("CALLS_PER_SECOND", CALLS_PER_SECOND),
            account=given.account(base_url),
        )
        given.refuse()
        return settings


@contextmanager
def open_members(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open an audience, or a tag in it. No message shows a path: it names a member."""
    settings = Settings.read(environment)
    status = target.settings.get("status", STATUSES[0])
    if status not in STATUSES:
        raise ConfigError(f"sync.settings.status: must be one of {', '.join(STATUSES)}.")
    budget = f"mailchimp {settings.base_url} {settings.account}"
    with HttpClient(
        "Mailchimp",
        settings.base_url,
        auth=HTTPBasicAuth("decile", settings.key),
        classify=classify,
        limiter=limiter(environment, settings.rate, 1.0, budget=budget),
        timeouts=(5.0, 120.0),
        shown_path="the audience",
    ) as http:
        yield Connection(
            _destination(http, settings, target, status),
            settings.account,
            address(settings.base_url),
        )


def _destination(http: HttpClient, settings: Settings, target: Target, status: str) -> Destination:
    audience = target.settings["audience"]
    if target.object == TAG_MEMBERS:
        tag, rate = target.settings["tag"], settings.rate
        return MailchimpTagMembers(http, audience, tag, calls_per_second=rate)
    return MailchimpMembers(http, audience, status=status)


CONNECTOR = Connector(
    objects={
        "members": Kind(capabilities(), required=("audience",), optional=("status",)),
        TAG_MEMBERS: Kind(mailchimp_tag.capabilities(), required=("audience", "tag")),
    },
    needs=("MAILCHIMP_API_KEY",),
    sandboxed=lambda url: {
        "MAILCHIMP_API_KEY": DEFAULT_TOKEN,
        "MAILCHIMP_BASE_URL": f"{url}/mailchimp/3.0",
        "MAILCHIMP_CALLS_PER_SECOND": "1000",
    },
    open=open_members,
)
