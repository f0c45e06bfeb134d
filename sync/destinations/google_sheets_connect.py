"""Open a tab in Google Sheets by the settings in the environment."""

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
from sync.destinations.google_sheets import (
    KEY_COLUMN,
    WINDOW_SECONDS,
    GoogleSheetRows,
    capabilities,
    classify,
)
from sync.destinations.google_sheets_tab import Tab
from sync.destinations.google_token import (
    ServiceAccount,
    fetch_token,
    sandbox_key_file,
    token_client,
)
from sync.destinations.settings import Given
from sync.http import FetchedToken, HttpClient

SCOPE = "https://www.googleapis.com/auth/spreadsheets"


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/google_sheets.md."""

    credentials: ServiceAccount
    base_url: str
    rate: int
    account: str

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read GOOGLE_SHEETS_*; a setting that makes no sense is a ConfigError."""
        given = Given("GOOGLE_SHEETS", environment)
        base_url = given.text("BASE_URL", "https://sheets.googleapis.com")
        rate, account = given.count("CALLS_PER_MINUTE", 90), given.account(base_url)
        given.refuse()
        credentials = ServiceAccount.read("GOOGLE_SHEETS_CREDENTIALS", given.text("CREDENTIALS"))
        return cls(credentials=credentials, base_url=base_url, rate=rate, account=account)


@contextmanager
def open_rows(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open the rows of a tab."""
    settings = Settings.read(environment)
    budget = f"google_sheets {settings.base_url} {settings.account}"
    with ExitStack() as stack:
        tokens = stack.enter_context(token_client(settings.credentials))
        http = stack.enter_context(
            HttpClient(
                "Google Sheets",
                settings.base_url,
                auth=FetchedToken(
                    "Google Sheets", fetch_token(tokens, settings.credentials, SCOPE)
                ),
                classify=classify,
                limiter=limiter(environment, settings.rate, WINDOW_SECONDS, budget=budget),
                timeouts=(5.0, 180.0),
            )
        )
        destination = GoogleSheetRows(
            http,
            Tab(http, target.settings["spreadsheet"], target.settings["tab"]),
            key_column=target.settings.get("key_column", KEY_COLUMN),
            calls_per_minute=settings.rate,
        )
        yield Connection(destination, settings.account, address(settings.base_url))


def _sandboxed(url: str) -> Environment:
    return {
        "GOOGLE_SHEETS_BASE_URL": f"{url}/google_sheets",
        "GOOGLE_SHEETS_CREDENTIALS": sandbox_key_file(f"{url}/google_sheets/token"),
        "GOOGLE_SHEETS_CALLS_PER_MINUTE": "60000",
    }


CONNECTOR = Connector(
    objects={
        "rows": Kind(capabilities(), required=("spreadsheet", "tab"), optional=("key_column",))
    },
    needs=("GOOGLE_SHEETS_CREDENTIALS",),
    sandboxed=_sandboxed,
    open=open_rows,
)
