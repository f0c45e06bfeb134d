"""The faults that can be asked for, each one seen in the wild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sync.sandbox.replies import (
    HTML,
    Reply,
    multi_status,
    row_error,
)
from sync.sandbox.rules import Strict, WriteRow
from sync.sandbox.service import Service
from sync.sandbox.store import Store

Kind = Literal[
    "row_error",  # one row fails: 207
    "row_error_200",  # one row fails, and the status says that all is well
    "omit_row",  # one row is written, but no list of the answer names it
    "status",  # an error status; nothing is written
    "empty_results",  # 200, no results, one error that names no row; nothing is written
    "shuffle",  # results in another order than the rows
    "other_ids",  # results with ids of their own, as of merged records; only trace ids tie them
    "batch_400",  # the batch is refused as a whole, while it holds the row if one is named
    "cut",  # the connection is cut in the middle of the answer; all is written
    "applied_then_502",  # all is written, then a gateway fails
    "not_json",  # all is written, the body is a page of HTML
    "expire_token",  # 401 from now on
    "slow",  # the answer takes its time
]
ROW_ERRORS = frozenset({"row_error", "row_error_200"})
NEEDS_ROW = ROW_ERRORS | {"omit_row"}
WRITES_ONLY = NEEDS_ROW | {
    "empty_results",
    "shuffle",
    "other_ids",
    "batch_400",
    "applied_then_502",
}


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


def failing(struck: Sequence[Fault], rows: Sequence[WriteRow]) -> dict[str, str]:
    """Give the ids of the rows to refuse, each with its code."""
    return {
        row.id: fault.code
        for fault in struck
        for row in rows
        if fault.kind in ROW_ERRORS and fault.is_about(row)
    }


def before(struck: Sequence[Fault], service: Service) -> Reply | None:
    """Give the reply of a fault that keeps the call from being done at all."""
    for fault in struck:
        match fault.kind:
            case "expire_token":
                return service.unauthorised("EXPIRED_AUTHENTICATION")
            case "batch_400":
                return service.problem(400, fault.code, "The batch was refused on request.")
            case "status":
                return _with_status(fault, service)
            case "empty_results":
                error = row_error(fault.code, "Nothing was written, on request.", context={})
                return replace(multi_status([], [error]), status=200)
    return None


def _with_status(fault: Fault, service: Service) -> Reply:
    if fault.policy:
        reply = service.over_limit(fault.policy, 10.0)
    elif fault.status == 401:
        reply = service.unauthorised("EXPIRED_AUTHENTICATION")
    elif fault.status == 429:
        reply = service.problem(429, "RATE_LIMITS", "Too many calls.")
    else:
        reply = service.problem(fault.status, "SANDBOX_FAULT", "An error was asked for.")
    asked = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    return replace(reply, headers={**reply.headers, **asked})


def after(
    struck: Sequence[Fault], reply: Reply, rows: Sequence[WriteRow], service: Service
) -> Reply:
    """Spoil the reply of a call that was done."""
    for fault in struck:
        body = reply.body
        if isinstance(body, dict) and isinstance(body.get("results"), list):
            results = _spoiled(fault, body["results"], rows)
            reply = replace(reply, body=body | {"results": results})
        match fault.kind:
            case "row_error_200":
                reply = replace(reply, status=200)
            case "applied_then_502":
                reply = service.problem(502, "BAD_GATEWAY", "Bad gateway.")
            case "not_json":
                reply = replace(
                    reply, status=200, body="<html><body>Welcome</body></html>", type=HTML
                )
            case "cut":
                reply = replace(reply, is_cut=True)
    return reply


def _spoiled(
    fault: Fault, results: list[dict[str, Any]], rows: Sequence[WriteRow]
) -> list[dict[str, Any]]:
    match fault.kind:
        case "shuffle":
            return results[::-1]
        case "omit_row":
            silent = {row.objectWriteTraceId for row in rows if fault.is_about(row)}
            return [row for row in results if row.get("objectWriteTraceId") not in silent]
        case "other_ids":
            return [{**row, "id": f"9{row['id']}", "properties": {}} for row in results]
    return results
