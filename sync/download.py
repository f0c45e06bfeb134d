"""Fetch a file from an address that a service gave, which opens it to whoever knows it."""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests

from sync.answers import transport_error
from sync.errors import Ambiguous, DestinationError
from sync.http import NoAuth, is_loopback

TIMEOUTS = (5.0, 60.0)
PIECE = 65_536


def download(url: str, what: str, *, max_bytes: int) -> bytes:
    """Give the body. No token goes along, no redirect is followed, no message shows the address."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    if not (is_safe and parts.hostname) or parts.username:
        raise DestinationError(f"{what}: the address does not start with https://.")
    try:
        with requests.Session() as session:
            session.auth = NoAuth()  # else a .netrc of the machine would add something
            session.trust_env = not is_loopback(url)
            with session.get(url, stream=True, timeout=TIMEOUTS, allow_redirects=False) as found:
                status = found.status_code
                body = _bounded(found, max_bytes) if status == 200 else b""
    except requests.RequestException as problem:
        error: DestinationError | None = transport_error(problem, what)
    else:
        error = None if status == 200 else Ambiguous(f"{what}: {status} instead of the file.")
    # Outside the handler: the library's error holds the address.
    if error:
        raise error
    if len(body) > max_bytes:
        raise Ambiguous(f"{what}: the file is larger than {max_bytes:,} bytes.")
    return body


def _bounded(found: requests.Response, max_bytes: int) -> bytes:
    body = b""
    for piece in found.iter_content(PIECE):
        body += piece
        if len(body) > max_bytes:
            break
    return body


def files_of(archive: bytes, what: str, *, max_bytes: int) -> Iterator[bytes]:
    """Give the files of a tar.gz. Nothing is written to a disk, and no bomb goes off."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(archive)) as packed:
            plain = packed.read(max_bytes + 1)
        if len(plain) > max_bytes:
            raise Ambiguous(f"{what}: the archive holds more than {max_bytes:,} bytes.")
        with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as tar:
            found = [tar.extractfile(one) for one in tar if one.isfile()]
            contents = [file.read() for file in found if file]
    except (OSError, EOFError, zlib.error, tarfile.TarError):
        raise Ambiguous(f"{what}: the file is not a whole archive.") from None
    yield from contents
