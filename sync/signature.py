"""Standard Webhooks 1.0.0: the three headers that prove who sent a message, and when.

The signature is HMAC-SHA256, by the secret, of `id.timestamp.body`, with the body as the bytes
that go out. A receiver that keeps the ids it has seen can ignore a message sent twice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence

import requests
from requests.auth import AuthBase

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PREFIX = "whsec_"
TOLERANCE_SECONDS = 300


def read_secret(secret: str) -> bytes:
    """Give the key in a secret `whsec_…`. Raises ValueError, without the secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError("must be whsec_ and 24 to 64 bytes in Base64")
    return key


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Give one signature: the version, a comma, and the code in Base64."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    code = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(code).decode()}"


def is_signed(key: bytes, headers: dict[str, str], body: bytes, *, now: float) -> bool:
    """Tell whether a message is signed by this key and not older or newer than five minutes."""
    stamp = headers.get(TIMESTAMP, "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(now - int(stamp)) > TOLERANCE_SECONDS:
        return False
    expected = sign(key, headers.get(ID, ""), int(stamp), body).encode()
    given = headers.get(SIGNATURE, "").encode().split()
    return any(hmac.compare_digest(expected, one) for one in given)


class Signed(AuthBase):
    """Signs each attempt, by every key: while a secret is replaced, the receiver knows either."""

    def __init__(self, keys: Sequence[bytes], *, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add time and signature to a message that has its id already."""
        now, body = int(self._clock()), request.body or b""
        body = body.encode() if isinstance(body, str) else body
        signatures = [sign(key, request.headers[ID], now, body) for key in self._keys]
        request.headers[TIMESTAMP] = str(now)
        request.headers[SIGNATURE] = " ".join(signatures)
        return request
