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
    SANDBOX,
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    limiter,
)
from sync.destinations.mailchimp import CALLS_PER_SECOND, MailchimpMembers, capabilities
from sync.destinations.mailchimp_answers import classify
from sync.destinations.mailchimp_tag import MailchimpTagMembers
from sync.errors import ConfigError
from sync.http import HttpClient, is_loopback
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

        def setting(name: str, default: str) -> str:
            return environment.get(f"MAILCHIMP_{name}", "").strip() or default

        key, rate = setting("API_KEY", ""), setting("CALLS_PER_SECOND", str(CALLS_PER_SECOND))
        data_centre = re.search(r"-([a-z]{2,3}[0-9]+)$", key)
        known = f"https://{data_centre[1]}.api.mailchimp.com/3.0" if data_centre else ""
        base_url = setting("BASE_URL", known)
        account = setting("ACCOUNT", SANDBOX if is_loopback(base_url) else "live")
        problems = []
        if not (key.isascii() and key.isprintable()) or " " in key:
            problems.append("MAILCHIMP_API_KEY holds a character that no key has.")
        if not base_url:
            problems.append(
                "MAILCHIMP_API_KEY must end in the data centre, such as -us21: copy the whole key."
            )
        if not (rate.isascii() and rate.isdigit() and int(rate)):
            problems.append("MAILCHIMP_CALLS_PER_SECOND must be a whole number above 0.")
        if account == SANDBOX and base_url and not is_loopback(base_url):
            problems.append("MAILCHIMP_ACCOUNT: the name sandbox is taken. Choose another.")
        if problems:
            raise ConfigError(*problems)
        return cls(key=key, base_url=base_url, rate=int(rate), account=account)


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
        yield Connection(_destination(http, settings, target, status), settings.account)


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
