"""Everything that can go wrong, and what each kind makes the engine do.

DecileError                 exit code, and a message that says what, where and what to do
├── ConfigError             2  a setting, an exposure or a seed is wrong; nothing was sent
├── GuardError              3  the data breaks a promise; nothing was sent
│   └── BuildError          3  the last build or its tests went wrong; nothing was sent
├── WarehouseError          4  the warehouse refused, or another process holds it
├── LeaseHeld               4  another run sends this sync; nothing was sent
├── LeaseLost               4  another run took over: stop, before the next batch
└── DestinationError        5  the other side; what it means is in the subclass
    ├── Retriable           wait (as long as it asks) and try again: 429, 5xx, time-outs
    ├── Ambiguous           sent, but no answer came: repeat only what is safe to repeat
    ├── BatchRefused        the batch as a whole was refused: halve it until the bad row is alone
    ├── QuotaExhausted      nothing more today: stop, and say when it opens again
    └── AccessRefused       token, scope or field is wrong: stop before sending more

A run that ends with rejected or pending rows raises nothing and exits with 1.
Messages name the sync, the path, the status and the next step; never a row, a body or a secret.
"""

from __future__ import annotations

import re
from datetime import datetime


class DecileError(Exception):
    """Any error that Decile raises on purpose. Its text is shown to the user as it is."""

    exit_code = 1

    @property
    def ledger_code(self) -> str:
        """Give its kind as the ledger writes it, such as quota_exhausted."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()


class ConfigError(DecileError):
    """A setting, an exposure or a seed is wrong. `problems` holds one line for each mistake."""

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class GuardError(DecileError):
    """The data breaks a promise (null or duplicate keys, an empty model); nothing was sent."""

    exit_code = 3


class BuildError(GuardError):
    """What dbt built last cannot be trusted, or is older than the last sync; nothing was sent."""


class WarehouseError(DecileError):
    """The warehouse refused, or is held by another process."""

    exit_code = 4


class LeaseHeld(DecileError):
    """Another run sends this sync. Nothing was sent."""

    exit_code = 4


class LeaseLost(DecileError):
    """Another run took this sync over: send no more."""

    exit_code = 4


class DestinationError(DecileError):
    """The destination did not do what it was asked to."""

    exit_code = 5


class Retriable(DestinationError):
    """Worth another try. `retry_after` is in seconds, and None where nothing was asked for."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class Ambiguous(DestinationError):
    """The request left, no usable answer came back: it may or may not have been applied."""


class BatchRefused(DestinationError):
    """One row, not known which, made the destination refuse the whole batch."""

    def __init__(self, message: str, *, code: str) -> None:
        self.code = code
        super().__init__(message)


class QuotaExhausted(DestinationError):
    """A daily quota is used up: stop, the rows stay pending. `resumes_at` is UTC, if known."""

    def __init__(self, message: str, *, resumes_at: datetime | None = None) -> None:
        self.resumes_at = resumes_at
        super().__init__(message)


class AccessRefused(DestinationError):
    """The token, its rights or a field is wrong: nothing else will succeed either.

    `token_ran_out`: it may do with another token, where one can be fetched.
    """

    def __init__(self, message: str, *, token_ran_out: bool = False) -> None:
        self.token_ran_out = token_ran_out
        super().__init__(message)
