"""Tokens of a Google service account, by its key file: a signed claim against an access token."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sync.answers import Answer
from sync.errors import AccessRefused, ConfigError, DestinationError
from sync.http import HttpClient, NoAuth, RetryPolicy

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
SECONDS = 3600
NEEDED = ("client_email", "private_key", "token_uri")


@dataclass(frozen=True)
class ServiceAccount:
    """What a key file says."""

    email: str
    token_uri: str
    key_id: str
    key: RSAPrivateKey = field(repr=False)

    @classmethod
    def read(cls, setting: str, given: str) -> Self:
        """Read the key, given as JSON or as the path of a file that holds it."""
        try:
            text = given if given.startswith("{") else Path(given).read_text(encoding="utf-8")
            found = json.loads(text)
        except (OSError, ValueError):
            raise ConfigError(f"{setting} must be the key file of a service account.") from None
        missing = [name for name in NEEDED if not (isinstance(found, Mapping) and found.get(name))]
        if missing:
            raise ConfigError(f"{setting}: the key file lacks {', '.join(missing)}.")
        try:
            key = load_pem_private_key(str(found["private_key"]).encode(), password=None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, RSAPrivateKey):
            raise ConfigError(f"{setting}: its private_key cannot be read.")
        key_id = str(found.get("private_key_id") or "")
        return cls(str(found["client_email"]), str(found["token_uri"]), key_id, key)


def token_client(account: ServiceAccount) -> HttpClient:
    """Give the client that fetches tokens. The call that needs one is what is tried again."""
    parts = urlsplit(account.token_uri)
    return HttpClient(
        "Google",
        f"{parts.scheme}://{parts.netloc}",
        auth=NoAuth(),
        classify=_classify,
        policy=RetryPolicy(attempts=1),
    )


def fetch_token(
    http: HttpClient, account: ServiceAccount, scope: str
) -> Callable[[], tuple[str, float]]:
    """Give what fetches a token for a scope, and for how many seconds it is good."""

    def fetch() -> tuple[str, float]:
        body = urlencode({"grant_type": GRANT, "assertion": claim(account, scope, time.time())})
        answer = http.send(
            "POST",
            urlsplit(account.token_uri).path,
            headers={"Content-Type": FORM},
            body=body.encode(),
            idempotent=True,
        )
        found = answer.body or {}
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise AccessRefused("Google gave no token. Check token_uri of the key file.")
        return token, seconds

    return fetch


def claim(account: ServiceAccount, scope: str, now: float) -> str:
    """Give the signed claim of an account to a scope."""
    claims = {
        "iss": account.email,
        "scope": scope,
        "aud": account.token_uri,
        "iat": int(now),
        "exp": int(now) + SECONDS,
    }
    headers = {"kid": account.key_id} if account.key_id else None
    return jwt.encode(claims, account.key, algorithm="RS256", headers=headers)


def sandbox_key_file(token_uri: str) -> str:
    """Give a key file with a key that nobody else has: the sandbox takes any."""
    return json.dumps(
        {
            "client_email": "decile@sandbox.example",
            "private_key": _any_key(),
            "token_uri": token_uri,
        }
    )


@cache
def _any_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _classify(answer: Answer) -> DestinationError | None:
    if answer.status in {400, 401, 403}:
        return AccessRefused(
            f"{answer}: the service account or its key is unknown, or this machine's clock wrong."
        )
    return None
