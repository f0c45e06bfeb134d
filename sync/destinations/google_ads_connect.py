"""Open a customer list of Google Ads by the settings in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Self

from sync.destinations.connection import (
    Connection,
    Connector,
    Environment,
    Kind,
    Target,
    address,
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
from sync.destinations.settings import Given
from sync.http import FetchedToken, HttpClient

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
        given = Given("GOOGLE_ADS", environment)
        base_url = given.text("BASE_URL", "https://datamanager.googleapis.com")
        customer = given.text("CUSTOMER_ID").replace("-", "")
        manager = given.text("LOGIN_CUSTOMER_ID").replace("-", "")
        number = "must be a number such as 123-456-7890"
        given.check("CUSTOMER_ID", _is_number(customer), number)
        given.check("LOGIN_CUSTOMER_ID", not manager or _is_number(manager), number)
        rate, account = given.count("CALLS_PER_MINUTE", 300), given.account(base_url)
        given.refuse()
        credentials = ServiceAccount.read("GOOGLE_ADS_CREDENTIALS", given.text("CREDENTIALS"))
        return cls(credentials, customer, manager, base_url, rate, account)


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
        place = address(settings.base_url) | {"customer id": settings.customer}
        yield Connection(destination, settings.account, place)


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
