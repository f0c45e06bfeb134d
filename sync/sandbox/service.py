"""What is common to the APIs that the sandbox stands in for, and the words of one that has none."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from sync.sandbox.replies import Reply, Request, limited, problem, unauthorised
from sync.sandbox.rules import WriteRow

if TYPE_CHECKING:
    from sync.sandbox.faults import Fault

Policy = Literal["DAILY", "TEN_SECONDLY_ROLLING"]


@dataclass(frozen=True)
class Limit:
    """At most `calls` in `seconds`, and `daily` in a day. None: no limit of that kind."""

    calls: int | None = None
    seconds: float = 10.0
    daily: int | None = None


def owner_number(token: str) -> int:
    """Give the number of the account that a token is for: another token, another account."""
    return int(hashlib.sha256(token.encode()).hexdigest()[:7], 16) + 1


class Service(ABC):
    """One API. `name` is that of its destination; every path of it starts with `prefix`,
    or one of them.

    What a vendor says where it refuses, each service says in that vendor's own form.
    """

    name: str
    prefix: str | tuple[str, ...]
    media_types: ClassVar[frozenset[str]] = frozenset({"application/json"})

    @abstractmethod
    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller that is nobody's."""

    @abstractmethod
    def rows(self, request: Request) -> list[WriteRow]:
        """Give the rows that a call writes."""

    @abstractmethod
    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for. A Refused takes back what was done."""

    def is_limited(self, request: Request) -> bool:
        """Tell whether a call counts against the limit, as one that fetches a token does not."""
        return True

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        return problem(status, code, message)

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many."""
        return limited(policy, round(seconds * 1000))

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller whose token has run out."""
        return unauthorised(code)

    def limit_headers(self, limit: Limit, *, recent: int, today: int) -> Mapping[str, str]:
        """Say how much of a limit is left."""
        return {}
