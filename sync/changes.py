"""The values that travel between the planner, the engine and the destinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol, runtime_checkable

Mode = Literal["update", "upsert", "create", "mirror", "audience", "append"]
Operation = Literal["create", "update", "upsert", "remove", "erase"]
Status = Literal["accepted", "rejected", "pending"]
FieldType = Literal["string", "integer", "number", "boolean", "date", "timestamp"]


@dataclass(frozen=True)
class Change:
    """One row to write.

    `token` ties the destination's answer to this row; it is made once, before the first attempt.
    `key` is the row's key in the ledger. `record_id` is the destination's own id where it is
    known, `unique_key` the value of our own unique property, and `former_key` that of the last
    write that was accepted. `fields` maps the destination's
    field name to the value as text; None clears the field. A removal names every field that was
    ever sent, each with None; an erasure names none. `types` says what the texts stand for, for
    destinations that take more than text; a field that it does not name is text. `previous` is
    what the destination accepted last, for one that finds a person by what it was sent, and
    `in_doubt` what else may be there, since its answer got lost; the latest is last. `only_new`
    names the fields that only a record which is new may be given.
    """

    token: str
    key: str
    operation: Operation
    record_id: str | None
    unique_key: str
    fields: Mapping[str, str | None]
    types: Mapping[str, FieldType] = field(default_factory=dict)
    previous: Mapping[str, str | None] = field(default_factory=dict)
    only_new: frozenset[str] = frozenset()
    in_doubt: Sequence[Mapping[str, str | None]] = ()
    former_key: str = ""

    @property
    def sent(self) -> list[Mapping[str, str | None]]:
        """Give all that a person may be known by there: what was accepted last comes first."""
        return [self.previous, *reversed(self.in_doubt)]

    def for_new(self) -> Change:
        """Give what a record is created with: nothing that is null."""
        fields = {name: text for name, text in self.fields.items() if text is not None}
        return replace(self, fields=fields)

    def for_known(self) -> Change:
        """Give what somebody who turns out to exist is updated with."""
        fields = {name: text for name, text in self.fields.items() if name not in self.only_new}
        return replace(self, fields=fields)


@dataclass(frozen=True)
class Outcome:
    """What the destination said of one change. A row it did not mention is pending.

    `request_id` is its own name of a call that it works off later, `request_row` the place of the
    row in that call: see Collects. `former_request_id` and `former_request_row` are those of the
    call before, which took out what the row was known by and is not any more.
    """

    token: str
    status: Status
    destination_id: str | None = None
    error_code: str | None = None
    message: str | None = None
    request_id: str | None = field(default=None, compare=False)
    request_row: int | None = field(default=None, compare=False)
    former_request_id: str | None = field(default=None, compare=False)
    former_request_row: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Collected:
    """What became of a call that a destination worked off later.

    `match_rate` is in its own words, such as 41-50%. `failed` has the code of each row that came
    to nothing, by its place in the call.
    """

    status: Literal["processing", "done", "failed"]
    rows: int | None = None
    match_rate: str | None = None
    failed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """A column of a sync model and the destination field it lands in.

    What is `personal` is sent, and printed only where somebody asks for it.
    """

    column: str
    name: str
    type: FieldType
    label: str
    description: str
    personal: bool = False


@dataclass(frozen=True)
class Capabilities:
    """What a destination can do.

    `rows_per_second` is its published limit, for estimates. `removal` is what `remove` does: it
    deletes what we made there, or clears the fields we wrote; None: it cannot. `erases`: it can
    forget a person. `consent` is the purpose that everybody sent there must have granted,
    `consent_for_new` what somebody must have granted who is not there yet.
    `found_by` names the fields by whose values a person is found there, where that is not an id
    alone: these the ledger has to remember until somebody is out. `unique_key_is` is the one among
    them that the unique key is a value of.
    `max_in_flight` is how many batches may be under way at the same time. `rows_per_call` is for
    an API that takes fewer rows a call than a batch has; None: a batch is one call.
    """

    modes: frozenset[Mode]
    max_batch: int
    rows_per_second: float
    removal: Literal["delete", "clear"] | None = None
    erases: bool = False
    consent: str | None = None
    consent_for_new: str | None = None
    found_by: frozenset[str] = frozenset()
    unique_key_is: str | None = None
    max_in_flight: int = 1
    rows_per_call: int | None = None


@dataclass(frozen=True)
class SetupStep:
    """One thing that the destination needs: a field, a group, a right."""

    name: str
    action: Literal["exists", "create", "conflict"]
    detail: str


@dataclass(frozen=True)
class Finding:
    """What a look at an account showed of one thing, such as the token or a right."""

    name: str
    ok: bool
    detail: str


@runtime_checkable
class Collects(Protocol):
    """A destination that works off in its own time what it accepted, and can be asked later."""

    capabilities: Capabilities

    def collect(self, request_id: str) -> Collected:
        """Ask what became of a call."""


class Destination(Protocol):
    """One API. It knows how to write a batch, and nothing of plans, retries or ledgers."""

    name: str
    capabilities: Capabilities

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write one batch of at most `max_batch` changes of one operation.

        Gives one outcome per change, in the order of `changes`. Raises a DestinationError when
        the batch as a whole went wrong.
        """

    def check(self) -> list[Finding]:
        """Try credentials, rights and what `settings` name, without changing anything."""

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Compare what the destination has with what `fields` need, without changing anything."""

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create what plan_setup() says is missing, and give the same list."""
