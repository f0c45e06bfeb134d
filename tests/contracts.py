"""Every request of a test held against the OpenAPI contract of its destination.

tests/contracts/NAME.yaml says what Decile may send to a vendor: hand-written, and no more than
what is used. A call that no contract describes fails the test that made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from openapi_core.exceptions import OpenAPIError

FOLDER = Path(__file__).parent / "contracts"


@cache
def contract(destination: str) -> OpenAPI:
    """Read a contract; its server is the sandbox, whatever its port."""
    text = (FOLDER / f"{destination}.yaml").read_text(encoding="utf-8")
    return OpenAPI.from_dict(yaml.safe_load(text) | {"servers": [{"url": "http://sandbox"}]})


def breach(destination: str, request: requests.PreparedRequest) -> str | None:
    """Say how a request breaks its contract."""
    moved = request.copy()
    parts = urlsplit(str(request.url))
    moved.url = parts._replace(scheme="http", netloc="sandbox").geturl()
    try:
        contract(destination).validate_request(RequestsOpenAPIRequest(moved))
    except OpenAPIError as error:
        causes = [str(error), *(str(cause) for cause in _causes(error))]
        return f"{request.method} {parts.path}: {'; '.join(causes)}"
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause = error.__cause__
    while cause is not None:
        yield cause
        yield from getattr(cause, "schema_errors", ())
        cause = cause.__cause__


@contextmanager
def under_contract(destination: str, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check each request that is sent; fail at the end with all that broke the contract."""
    breaches: list[str] = []
    send = requests.Session.send

    def checked(session: requests.Session, request: requests.PreparedRequest, **more: Any) -> Any:
        if not urlsplit(str(request.url)).path.startswith("/sandbox/"):
            found = breach(destination, request)
            breaches.extend([found] if found else [])
        return send(session, request, **more)

    patch.setattr(requests.Session, "send", checked)
    yield
    patch.setattr(requests.Session, "send", send)
    assert not breaches, "\n".join(breaches[:5])
