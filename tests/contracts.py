"""Every request of a test held against the OpenAPI contract of its destination.

tests/contracts/NAME.yaml says what Decile may send to a vendor: hand-written, and no more than
what is used. A call that no contract describes fails the test that made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml
from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.schemas import oas31_schema_validators_factory
from requests.structures import CaseInsensitiveDict

# One checker of formats for all: the library copies it for each value that it looks at.
FORMATS = oas31_schema_validators_factory.format_checker
oas31_schema_validators_factory.get_format_checker = lambda *_args: FORMATS
FOLDER = Path(__file__).parent / "contracts"


@cache
def contract(destination: str) -> OpenAPI:
    """Read a contract; its server is the sandbox, whatever its port."""
    described = SchemaPath.from_dict(document(destination), resolved_cache_maxsize=100_000)
    return OpenAPI(described, Config(spec_validator_cls=None))  # tests/test_contract.py checks it


def document(destination: str) -> dict[str, Any]:
    text = (FOLDER / f"{destination}.yaml").read_text(encoding="utf-8")
    read = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (safe)
    return {**read, "servers": [{"url": "http://sandbox"}]}


def breach(destination: str, request: requests.PreparedRequest) -> str | None:
    """Say how a request breaks its contract."""
    parts = urlsplit(str(request.url))
    url = parts._replace(scheme="http", netloc="sandbox").geturl()
    headers = tuple(sorted(request.headers.items()))
    return _breach(destination, str(request.method), url, headers, request.body)


@lru_cache(maxsize=10_000)
def _breach(
    destination: str,
    method: str,
    url: str,
    headers: tuple[tuple[str, str], ...],
    body: bytes | str | None,
) -> str | None:
    """Remember what was found: many tests begin with the same calls, and a look takes 50 ms."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = method, url, body
    request.headers = CaseInsensitiveDict(headers)
    try:
        contract(destination).validate_request(RequestsOpenAPIRequest(request))
    except OpenAPIError as error:
        causes = [str(error), *(str(cause) for cause in _causes(error))]
        return f"{method} {urlsplit(url).path}: {'; '.join(causes)}"
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
