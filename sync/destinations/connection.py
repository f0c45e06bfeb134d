"""What stands between a name in an exposure and an open destination."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sync.changes import Capabilities, Destination

SANDBOX = "sandbox"


@dataclass(frozen=True)
class Connection:
    """An open destination. `account` is 'sandbox' or what the user calls the real account."""

    destination: Destination
    account: str


@dataclass(frozen=True)
class Connector:
    """How to open a destination by the settings in an environment, and what it can do.

    `objects` are the kinds of record that it writes. `capabilities` are known without a token;
    an open destination has those of its account.
    """

    objects: frozenset[str]
    capabilities: Capabilities
    connect: Callable[[Mapping[str, str]], AbstractContextManager[Connection]]
