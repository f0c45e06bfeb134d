"""A key in a header of the vendor's own."""

from __future__ import annotations

import requests
from requests.auth import AuthBase

from sync.errors import ConfigError


class HeaderKey(AuthBase):
    """As an auth object, so that a .netrc of the machine cannot add another."""

    def __init__(self, service: str, header: str, key: str) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ConfigError(f"{service}: the key is empty or has a character no key has.")
        self._header = header
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers[self._header] = self._key
        return request
