"""Open a customer list of Google Ads by the settings in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
from sync.destinations.google_ads import WINDOW_SECONDS, GoogleAdsList, capabilities
from sync.destinations.google_ads_answers import classify
from sync.destinations.google_ads_setup import UserList
from sync.destinations.google_token import (
    ServiceAccount,
    fetch_token,
    sandbox_key_file,
    token_client,
)
from sync.errors import ConfigError
from sync.http import FetchedToken, HttpClient, is_loopback

SCOPE = "https://www.googleapis.com/auth/datamanager"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/google_ads.md."""

    credentials: ServiceAccount
    customer: str
    manager: str
    base_url: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read GOOGLE_ADS_*; a setting that makes no sense is a ConfigError."""

        def setting(name: str, default: str) -> str:
            return environment.get(f"GOOGLE_ADS_{name}", "").strip() or default

        customer, manager = (
            setting(name, "").replace("-", "") for name in ("CUSTOMER_ID", "LOGIN_CUSTOMER_ID")
        )
        rate = setting("CALLS_PER_MINUTE", "300")
        base_url = setting("BASE_URL", "https://datamanager.googleapis.com")
        account = setting("ACCOUNT", SANDBOX if is_loopback(base_url) else "live")
        problems = []
        if not _is_number(customer):
            problems.append("GOOGLE_ADS_CUSTOMER_ID must be a number such as 123-456-7890.")
        if manager and not _is_number(manager):
            problems.append("GOOGLE_ADS_LOGIN_CUSTOMER_ID must be a number such as 123-456-7890.")
        if not (_is_number(rate) and int(rate)):
            problems.append("GOOGLE_ADS_CALLS_PER_MINUTE must be a whole number above 0.")
        if account == SANDBOX and not is_loopback(base_url):
            problems.append("GOOGLE_ADS_ACCOUNT: the name sandbox is taken. Choose another.")
        if problems:
            raise ConfigError(*problems)
        credentials = ServiceAccount.read("GOOGLE_ADS_CREDENTIALS", setting("CREDENTIALS", ""))
        return cls(credentials, customer, manager, base_url, int(rate), account)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


@contextmanager
def open_members(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open the list that an exposure names, by its id or its name."""
    settings = Settings.read(environment)
    budget = f"google_ads {settings.base_url} {settings.account} {settings.credentials.email}"
    with ExitStack() as stack:
        tokens = stack.enter_context(token_client(settings.credentials))
        http = stack.enter_context(
            HttpClient(
                "Google Ads",
                settings.base_url,
                auth=FetchedToken("Google Ads", fetch_token(tokens, settings.credentials, SCOPE)),
                classify=classify,
                limiter=limiter(environment, settings.rate, WINDOW_SECONDS, budget=budget),
                timeouts=(5.0, 120.0),
            )
        )
        named = target.settings["user_list"]
        user_list = UserList(http, settings.customer, named, manager=settings.manager)
        destination = GoogleAdsList(http, user_list, calls_per_minute=settings.rate)
        yield Connection(destination, settings.account)


CONNECTOR = Connector(
    objects={"members": Kind(capabilities(), required=("user_list",))},
    needs=("GOOGLE_ADS_CREDENTIALS", "GOOGLE_ADS_CUSTOMER_ID"),
    sandboxed=lambda url: {
        "GOOGLE_ADS_CREDENTIALS": sandbox_key_file(f"{url}/google_ads/token"),
        "GOOGLE_ADS_CUSTOMER_ID": "1234567890",
        "GOOGLE_ADS_BASE_URL": f"{url}/google_ads",
        "GOOGLE_ADS_CALLS_PER_MINUTE": "60000",
    },
    open=open_members,
)
