"""Open Salesforce by the settings in the environment."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sync.answers import Answer
from sync.destinations.connection import (
    Connection,
    Connector,
    Environment,
    Target,
    address,
    limiter,
)
from sync.destinations.connection import Kind as KindOfRecord
from sync.destinations.salesforce import Salesforce, classify
from sync.destinations.salesforce_bulk import Bulk
from sync.destinations.salesforce_kinds import KINDS, Options, capabilities
from sync.destinations.salesforce_setup import CUSTOM
from sync.destinations.settings import Given
from sync.errors import AccessRefused, ConfigError, DestinationError
from sync.http import FetchedToken, HttpClient, NoAuth, RetryPolicy
from sync.sandbox import DEFAULT_TOKEN

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105  (a path)
# Salesforce does not say how long a session lasts: an answer of 401 does.
TOKEN_SECONDS = 3_600.0
JWT_SECONDS = 180
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# The settings of a sync of tasks, and the fields that they fill on each new one.
TASK_SETTINGS = {
    "subject": "Subject",
    "status": "Status",
    "priority": "Priority",
    "owner_id": "OwnerId",
}


@dataclass(frozen=True)
class Settings:
    """Everything that can be set. See docs/salesforce.md."""

    url: str
    client_id: str
    client_secret: str
    username: str
    private_key: str
    login_url: str
    options: Options
    account: str

    @classmethod
    def read(cls, environment: Environment, target: Target) -> Self:
        """Read SALESFORCE_*; a setting that makes no sense is a ConfigError."""
        given = Given("SALESFORCE", environment)
        url, creates = given.text("URL").rstrip("/"), given.text("CREATE_FIELDS", "no")
        settings = cls(
            url=url,
            client_id=given.text("CLIENT_ID"),
            client_secret=given.text("CLIENT_SECRET"),
            username=given.text("USERNAME"),
            private_key=given.text("PRIVATE_KEY"),
            login_url=given.text("LOGIN_URL", "https://login.salesforce.com").rstrip("/"),
            options=Options(
                version=given.text("API_VERSION", "68.0"),
                external_id=given.text("EXTERNAL_ID", "Decile_Key__c"),
                bulk_from=given.count("BULK_FROM", 2000),
                calls_per_minute=given.count("CALLS_PER_MINUTE", 300),
                creates_fields=creates == "yes",
                defaults={TASK_SETTINGS[name]: value for name, value in target.settings.items()},
            ),
            account=given.account(url),
        )
        given.check("CREATE_FIELDS", creates in ("yes", "no"), "must be yes or no")
        settings._check(given)
        given.refuse()
        return settings

    def _check(self, given: Given) -> None:
        by_key = bool(self.username and self.private_key)
        one_way = bool(self.client_secret) != by_key
        one_way = one_way and bool(self.username) == bool(self.private_key)
        ways = (
            "or, instead, SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY must be set: one of two"
            " ways to sign in"
        )
        given.check("CLIENT_SECRET", one_way, ways)
        is_version = re.fullmatch(r"\d{2,3}\.0", self.options.version)
        given.check("API_VERSION", is_version, "must look like 68.0")
        is_custom = CUSTOM.fullmatch(self.options.external_id)
        name = "must be the API name of a custom field, such as Decile_Key__c"
        given.check("EXTERNAL_ID", is_custom, name)


def form(settings: Settings, now: float) -> dict[str, str]:
    """Give the form that asks for a token."""
    if settings.client_secret:
        return {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
        }
    claims = {
        "iss": settings.client_id,
        "sub": settings.username,
        "aud": settings.login_url,
        "exp": int(now) + JWT_SECONDS,
    }
    key = _private_key(settings.private_key)
    return {"grant_type": JWT_BEARER, "assertion": jwt.encode(claims, key, algorithm="RS256")}


def _private_key(text: str) -> RSAPrivateKey:
    """Read a key in PEM, or the file that holds it."""
    try:
        if not text.startswith("-----BEGIN"):
            text = Path(text).read_text(encoding="ascii")
        key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
    except (OSError, ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(
            "SALESFORCE_PRIVATE_KEY must be an RSA private key in PEM without a password, or the"
            " path of a file that holds one."
        )
    return key


def fetch_token(http: HttpClient, settings: Settings) -> tuple[str, float]:
    """Ask for a token. It is used at no other address than the one in the settings."""
    answer = http.send(
        "POST",
        TOKEN_PATH,
        body=urlencode(form(settings, time.time())).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        idempotent=True,
    )
    body = answer.body or {}
    token, instance = body.get("access_token"), body.get("instance_url")
    if not isinstance(token, str):
        raise AccessRefused(f"{answer} without a token.")
    if isinstance(instance, str) and urlsplit(instance).netloc != urlsplit(settings.url).netloc:
        raise AccessRefused(
            f"{answer}: the org is at another address. Put its My Domain address, as in Setup > My"
            " Domain, into SALESFORCE_URL."
        )
    return token, TOKEN_SECONDS


def classify_token(answer: Answer) -> DestinationError | None:
    """Say what a refusal to give a token means."""
    if answer.status not in {400, 401, 403}:
        return None
    given = str((answer.body or {}).get("error"))
    code = given if re.fullmatch(r"[a-z_]{1,40}", given) else "refused"
    return AccessRefused(
        f"{answer}, {code}: no token. Check client id, secret or key, that the app has the flow"
        " enabled with a run-as user, and SALESFORCE_URL; for a sandbox org also"
        " SALESFORCE_LOGIN_URL."
    )


@contextmanager
def open_salesforce(environment: Environment, target: Target) -> Iterator[Connection]:
    """Open one kind of record of an org."""
    settings = Settings.read(environment, target)
    options, kind = settings.options, KINDS[target.object]
    budget = f"salesforce {settings.url} {settings.account}"
    limit = limiter(environment, options.calls_per_minute, 60.0, budget=budget)
    with HttpClient(
        "Salesforce",
        settings.url,
        auth=NoAuth(),
        classify=classify_token,
        policy=RetryPolicy(attempts=3, total_seconds=20),
    ) as tokens:
        auth = FetchedToken("Salesforce", lambda: fetch_token(tokens, settings))
        with (
            HttpClient(
                "Salesforce", settings.url, auth=auth, classify=classify, limiter=limit
            ) as http,
            HttpClient(
                "Salesforce",
                settings.url,
                auth=auth,
                classify=classify,
                limiter=limit,
                json_answers=False,
            ) as texts,
        ):
            bulk = Bulk(texts, kind.object, options.version)
            yield Connection(
                Salesforce(http, bulk, kind, options), settings.account, address(settings.url)
            )


CONNECTOR = Connector(
    objects={
        name: KindOfRecord(
            capabilities(kind), optional=tuple(TASK_SETTINGS) if kind.is_appended else ()
        )
        for name, kind in KINDS.items()
    },
    needs=("SALESFORCE_URL", "SALESFORCE_CLIENT_ID"),
    sandboxed=lambda url: {
        "SALESFORCE_URL": f"{url}/salesforce",
        "SALESFORCE_CLIENT_ID": "sandbox",
        "SALESFORCE_CLIENT_SECRET": DEFAULT_TOKEN,
        "SALESFORCE_USERNAME": "",
        "SALESFORCE_PRIVATE_KEY": "",
        "SALESFORCE_CREATE_FIELDS": "yes",
        "SALESFORCE_CALLS_PER_MINUTE": "60000",
    },
    open=open_salesforce,
)
