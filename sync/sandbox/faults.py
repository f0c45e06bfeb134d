"""The faults that can be asked for, each one seen in the wild."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sync.sandbox.rules import Strict, WriteRow
from sync.sandbox.store import Store

Kind = Literal[
    "row_error",  # one row fails: 207
    "omit_row",  # one row is written, but no list of the answer names it
    "status",  # an error status; nothing is written
    "empty_results",  # 200, no results, one error that names no row; nothing is written
    "shuffle",  # results in another order than the rows
    "batch_400",  # the batch is refused as a whole, while it holds the row if one is named
    "cut",  # the connection is cut in the middle of the answer; all is written
    "applied_then_502",  # all is written, then a gateway fails
    "not_json",  # all is written, the body is a page of HTML
    "expire_token",  # 401 from now on
    "slow",  # the answer takes its time
]
WRITES_ONLY = frozenset(
    {"row_error", "omit_row", "empty_results", "shuffle", "batch_400", "applied_then_502"}
)
NEEDS_ROW = frozenset({"row_error", "omit_row"})


class Fault(Strict):
    """One fault.

    It strikes `times` calls (null: all) after sparing `after`. A row is named by its
    `record_id` or its `unique_value`; only calls that hold it count. `path` narrows it to calls
    whose path contains the text. `seconds` is for slow; the rest is for status and row_error.
    """

    kind: Kind
    times: Annotated[int, Field(ge=1)] | None = 1
    after: Annotated[int, Field(ge=0)] = 0
    path: str = ""
    record_id: str | None = None
    unique_value: str | None = None
    status: Annotated[int, Field(ge=300, le=599)] = 500
    retry_after: Annotated[int, Field(ge=0)] | None = None
    policy: Literal["DAILY", "TEN_SECONDLY_ROLLING"] | None = None
    code: Annotated[str, Field(pattern="^[A-Z][A-Z0-9_]*$")] = "VALIDATION_ERROR"
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _expire_for_good(cls, given: object) -> object:
        if isinstance(given, dict) and given.get("kind") == "expire_token":
            return {"times": None, **given}
        return given

    @model_validator(mode="after")
    def _name_a_row(self) -> Fault:
        if self.kind in NEEDS_ROW and not (self.record_id or self.unique_value):
            raise ValueError(f"{self.kind} needs record_id or unique_value")
        return self

    def is_about(self, row: WriteRow) -> bool:
        """Tell whether it names this row."""
        return row.id in (self.record_id, self.unique_value)

    def strikes(self, path: str, rows: Sequence[WriteRow]) -> bool:
        """Tell whether it applies to a call."""
        if self.path not in path or (self.kind in WRITES_ONLY and not rows):
            return False
        names_row = self.record_id is not None or self.unique_value is not None
        return not names_row or any(self.is_about(row) for row in rows)


def take(store: Store, path: str, rows: Sequence[WriteRow]) -> list[Fault]:
    """Give the faults that strike a call, and count it against them."""
    struck = []
    for number, definition in store.faults():
        fault = Fault.model_validate(definition)
        if not fault.strikes(path, rows):
            continue
        if fault.after:
            store.set_fault(
                fault.model_copy(update={"after": fault.after - 1}).model_dump(), number
            )
            continue
        struck.append(fault)
        if fault.times == 1:
            store.drop_faults(number)
        elif fault.times:
            store.set_fault(
                fault.model_copy(update={"times": fault.times - 1}).model_dump(), number
            )
    return struck
