"""What audiences of ad platforms have in common: they know people by what was sent of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.errors import ConfigError

MAX_BATCH = 10_000


class Setup(Protocol):
    """Finds an audience by its id or its name, and makes it."""

    def check(self) -> list[Finding]:
        """Read the account and the audience."""

    def plan(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the audience is there, and which fields the platform does not know."""

    def apply(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the audience if it is named and not there."""


class AdAudience:
    """The members of one audience. `platform` is what messages call it."""

    platform: str

    def __init__(self, setup: Setup, capabilities: Capabilities) -> None:
        self._setup = setup
        self.capabilities = capabilities

    def check(self) -> list[Finding]:
        """Read the account and the audience."""
        return self._setup.check()

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the audience is there, and which fields the platform does not know."""
        return self._setup.plan(fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the audience if it is named and not there."""
        return self._setup.apply(fields)

    def _parted(self, changes: Sequence[Change]) -> tuple[list[Change], list[Change]]:
        """Give who is to leave, and who is to be in."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"{self.platform} takes {MAX_BATCH:,} people, not {len(changes):,}.")
        leaving = [one for one in changes if one.operation in ("remove", "erase")]
        return leaving, [one for one in changes if one.operation not in ("remove", "erase")]

    def _nobody(self, change: Change) -> Outcome:
        message = f"Nothing is left of the row by which {self.platform} could know a person."
        return Outcome(change.token, "rejected", change.record_id, "NO_IDENTIFIER", message)


def audience_capabilities(rows_per_second: float, found_by: Collection[str]) -> Capabilities:
    """Say what an audience of an ad platform can do."""
    return Capabilities(
        modes=frozenset({"audience"}),
        max_batch=MAX_BATCH,
        rows_per_second=rows_per_second,
        removal="delete",
        erases=True,
        consent="ad_targeting",
        found_by=frozenset(found_by),
    )


def accepted(change: Change, request: str | None = None, place: int | None = None) -> Outcome:
    """Say that a call took somebody, and where in it they were."""
    known = change.record_id or change.key
    return Outcome(change.token, "accepted", known, request_id=request, request_row=place)
