"""Open Marketo by the settings in the environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Self

from sync.answers import Answer
from sync.changes import Destination
from sync.destinations import marketo_list
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
from sync.destinations.marketo import EMAIL, WINDOW_SECONDS, MarketoLeads, capabilities
from sync.destinations.marketo_answers import classify
from sync.destinations.marketo_list import MarketoListMembers
from sync.destinations.marketo_setup import NAME
from sync.destinations.settings import Given
from sync.errors import AccessRefused, DestinationError
from sync.http import FetchedToken, HttpClient, NoAuth, RetryPolicy
from sync.sandbox import DEFAULT_TOKEN

LIST_MEMBERS = "list_members"
TOKEN_PATH = "/identity/oauth/token"  # noqa: S105  (a path)


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/marketo.md."""

    base_url: str
    client_id: str
    client_secret: str
    lookup_field: str
    partition: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read MARKETO_*; a setting that makes no sense is a ConfigError."""
        given = Given("MARKETO", environment)
        base_url = given.text("BASE_URL").rstrip("/").removesuffix("/rest")
        settings = cls(
            base_url=base_url,
            client_id=given.text("CLIENT_ID"),
            client_secret=given.text("CLIENT_SECRET"),
            lookup_field=given.text("LOOKUP_FIELD", EMAIL),
            partition=given.text("PARTITION"),
            rate=given.count("RATE_PER_20S", 90),
            account=given.account(base_url),
        )
        is_name = NAME.fullmatch(settings.lookup_field) and settings.lookup_field != "id"
        given.check("LOOKUP_FIELD", is_name, "must be the API name of a field, such as email")
        given.check("RATE_PER_20S", settings.rate <= 100, "must be 100 at the most")
        given.refuse()
        return settings


@contextmanager
def open_marketo(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open the leads of a subscription, or the members of a list."""
    settings = Settings.read(environment)
    budget = f"marketo {settings.base_url} {settings.account}"
    with ExitStack() as stack:
        identity = stack.enter_context(
            HttpClient(
                "Marketo",
                settings.base_url,
                auth=NoAuth(),
                classify=_of_identity,
                # The call that needs the token is tried again, and this one with it.
                policy=RetryPolicy(attempts=1),
            )
        )
        http = stack.enter_context(
            HttpClient(
                "Marketo",
                settings.base_url,
                auth=FetchedToken("Marketo", _fetch(identity, settings)),
                classify=classify,
                limiter=limiter(environment, settings.rate, WINDOW_SECONDS, budget=budget),
            )
        )
        yield Connection(
            _destination(http, settings, target), settings.account, address(settings.base_url)
        )


def _destination(http: HttpClient, settings: Settings, target: Target) -> Destination:
    if target.object == LIST_MEMBERS:
        list_ = target.settings["list"]
        return MarketoListMembers(http, list_, calls_per_window=settings.rate)
    return MarketoLeads(
        http,
        lookup_field=settings.lookup_field,
        partition=target.settings.get("partition", "").strip() or settings.partition,
        calls_per_window=settings.rate,
    )


def _fetch(identity: HttpClient, settings: Settings) -> Callable[[], tuple[str, float]]:
    query = {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
    }

    def fetch() -> tuple[str, float]:
        found = identity.get(TOKEN_PATH, query=query)
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise AccessRefused("Marketo gave no token. Check MARKETO_BASE_URL.")
        return token, seconds

    return fetch


def _of_identity(answer: Answer) -> DestinationError | None:
    if answer.status in {400, 401}:
        return AccessRefused(
            f"{answer}: MARKETO_CLIENT_ID or MARKETO_CLIENT_SECRET is not that of a LaunchPoint"
            " service."
        )
    return None


CONNECTOR = Connector(
    objects={
        "leads": Kind(capabilities(), optional=("partition",)),
        LIST_MEMBERS: Kind(marketo_list.capabilities(), required=("list",)),
    },
    needs=("MARKETO_BASE_URL", "MARKETO_CLIENT_ID", "MARKETO_CLIENT_SECRET"),
    sandboxed=lambda url: {
        "MARKETO_BASE_URL": f"{url}/marketo",
        "MARKETO_CLIENT_ID": SANDBOX,
        "MARKETO_CLIENT_SECRET": DEFAULT_TOKEN,
    },
    open=open_marketo,
)
