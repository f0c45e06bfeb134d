"""Open a Slack channel by the settings in the environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from sync.destinations.connection import (
    SANDBOX,
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    address,
    limiter,
)
from sync.destinations.settings import Given
from sync.destinations.slack import POST, SlackMessages, capabilities, classify
from sync.errors import ConfigError
from sync.http import HttpClient, NoAuth
from sync.sandbox import DEFAULT_TOKEN

MAX_TITLE = 150


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. `token` is a bot token, or the address of a webhook."""

    token: str = field(repr=False)
    base_url: str
    rate: int
    account: str

    @property
    def is_webhook(self) -> bool:
        """Tell whether it is the address of an incoming webhook."""
        return "://" in self.token

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read SLACK_*; a setting that makes no sense is a ConfigError."""
        given = Given("SLACK", environment)
        token = given.text("TOKEN")
        is_webhook = "://" in token
        parts = urlsplit(token if is_webhook else given.text("BASE_URL", "https://slack.com"))
        base_url = f"{parts.scheme}://{parts.netloc}{'' if is_webhook else parts.path}"
        settings = cls(
            token=token,
            base_url=base_url,
            rate=given.count("MESSAGES_PER_SECOND", 1),
            account=given.account(base_url),
        )
        given.refuse()
        return settings


@contextmanager
def open_messages(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open a channel. The path of a webhook is its secret, so no message shows it."""
    settings = Settings.read(environment)
    channel, path = _place(settings, target)
    title = target.settings.get("title", "Decile")
    if len(title) > MAX_TITLE:
        raise ConfigError(f"sync.settings.title: at most {MAX_TITLE} characters.")
    budget = f"slack {settings.base_url} {settings.account} {channel or path}"
    with HttpClient(
        "Slack",
        settings.base_url,
        token=settings.token,
        auth=NoAuth() if settings.is_webhook else None,
        classify=classify,
        limiter=limiter(environment, settings.rate, 1.0, budget=budget),
        timeouts=(5.0, 30.0),
        shown_path="its webhook" if settings.is_webhook else None,
        json_answers=not settings.is_webhook,
    ) as http:
        destination = SlackMessages(
            http, path=path, channel=channel, title=title, messages_per_second=settings.rate
        )
        place = address(settings.base_url) | _named(channel, path)
        yield Connection(destination, settings.account, place)


def _place(settings: Settings, target: Target) -> tuple[str, str]:
    """Give channel and path: a webhook has its channel, a bot has to be told."""
    channel = target.settings.get("channel", "")
    if settings.is_webhook:
        if channel:
            raise ConfigError("sync.settings.channel: a webhook posts to its own channel only.")
        return "", urlsplit(settings.token).path
    if not channel and settings.account != SANDBOX:
        raise ConfigError("sync.settings.channel: a bot has to be told where to post.")
    return channel or SANDBOX, POST


def _named(channel: str, path: str) -> dict[str, str]:
    """Give what names a place: the channel, or the workspace in a webhook's path, no secret."""
    if channel:
        return {"channel": channel}
    workspace = re.match(r"/(?:services|triggers|workflows)/(T[A-Z0-9]+)/", path)
    return {"workspace": workspace[1]} if workspace else {}


CONNECTOR = Connector(
    objects={"messages": Kind(capabilities(), optional=("channel", "title"))},
    needs=("SLACK_TOKEN",),
    sandboxed=lambda url: {
        "SLACK_TOKEN": DEFAULT_TOKEN,
        "SLACK_BASE_URL": f"{url}/slack",
        "SLACK_MESSAGES_PER_SECOND": "1000",
    },
    open=open_messages,
)
