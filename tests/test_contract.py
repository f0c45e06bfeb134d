"""What every destination promises, whatever API is behind it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from contracts import document
from openapi_core import OpenAPI
from stand_ins import CASES, PEOPLE, STATE, Case, StandIn, change, repeat_once, set_up, standing_in

from sync.changes import Change, FieldType, Operation
from sync.destinations import DESTINATIONS, matrix
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)

# What an operation is for: a destination that has one of these modes must take it.
MODES: dict[Operation, frozenset[str]] = {
    "update": frozenset({"update", "upsert", "mirror", "audience"}),
    "upsert": frozenset({"upsert", "mirror"}),
    "create": frozenset({"create", "audience", "append"}),
    "remove": frozenset({"mirror", "audience"}),
}
SECRETS = ("ada@example.com", "Lovelace", "+49 30 1234567")


@pytest.fixture(params=sorted(CASES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def there(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    (tmp_path / STATE).write_bytes(set_up(name))
    with standing_in(name, tmp_path, monkeypatch) as opened:
        opened.destination.plan_setup(CASES[name].fields)  # the token of a login is there, too
        yield opened


def where(holds: Callable[[Case], object]) -> pytest.MarkDecorator:
    """Open only the kinds of record that a promise is about."""
    return pytest.mark.parametrize("name", sorted(name for name in CASES if holds(CASES[name])))


def came_of(there: StandIn, changes: Sequence[Change]) -> Any:
    """Give the kind of error, or the statuses if there was none."""
    try:
        return {outcome.status for outcome in there.destination.push(changes)}
    except DestinationError as error:
        return type(error)


def test_every_destination_is_under_contract() -> None:
    known = {(name, kind) for name, one in DESTINATIONS.items() for kind in one.objects}
    assert {(case.destination, case.object) for case in CASES.values()} == known


@pytest.mark.parametrize("destination", sorted(DESTINATIONS))
def test_every_contract_is_a_document_of_openapi(destination: str) -> None:
    assert OpenAPI.from_dict(document(destination))


def test_an_open_destination_can_do_what_the_registry_says(name: str, there: StandIn) -> None:
    known, open_one = CASES[name].capabilities, there.destination.capabilities
    assert replace(known, rows_per_second=open_one.rows_per_second) == open_one
    assert known.max_batch >= 1
    assert known.max_in_flight >= 1
    assert bool(known.removal) >= bool(known.modes & MODES["remove"])
    assert there.account == "sandbox"


def test_there_is_one_outcome_per_change_in_their_order(name: str, there: StandIn) -> None:
    there.fault("shuffle")
    changes = [change(name, number) for number in (3, 1, 2)]
    outcomes = there.destination.push(changes)
    assert [outcome.token for outcome in outcomes] == [one.token for one in changes]
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    assert len({outcome.destination_id for outcome in outcomes}) == 3


def test_an_empty_batch_makes_no_call(there: StandIn) -> None:
    before = len(there.get("calls")["calls"])
    assert there.destination.push([]) == []
    assert len(there.get("calls")["calls"]) == before


def test_a_batch_above_the_limit_is_never_sent(name: str, there: StandIn) -> None:
    count = there.destination.capabilities.max_batch + 1
    with pytest.raises(ConfigError):
        there.destination.push([change(name, number) for number in range(count)])
    assert there.writes() == []


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        (name, operation)
        for name in sorted(CASES)
        for operation, modes in MODES.items()
        if CASES[name].capabilities.modes & modes
    ],
)
def test_every_operation_of_its_modes_is_taken(
    name: str, there: StandIn, operation: Operation
) -> None:
    one = change(name, 5, operation)
    if operation in ("upsert", "create") and CASES[name].makes_records:
        one = replace(one, record_id=None)
    assert came_of(there, [one]) == {"accepted"}


VALUES: list[tuple[str, FieldType, object]] = [
    ("decile_score", "integer", 0),
    ("decile_score", "integer", None),
    ("decile_value", "number", Decimal("0.1")),
    ("decile_value", "number", Decimal("-1234567.891")),
    ("decile_value", "number", Decimal(10**15)),
    ("decile_is_hot", "boolean", False),
    ("decile_is_hot", "boolean", True),
    ("decile_is_hot", "boolean", None),
    ("decile_scored_on", "date", date(2026, 2, 28)),
    ("decile_scored_at", "timestamp", datetime(2026, 7, 1, 12, 30, 0, 5000, tzinfo=UTC)),
    ("decile_note", "string", ""),
    ("decile_note", "string", None),
    ("decile_note", "string", "0"),
    ("decile_note", "string", "false"),
    ("decile_note", "string", " spaces "),
    ("decile_note", "string", 'O\'Brien "said" \\ <b>&amp; a;b, c'),
    ("decile_note", "string", "Müller 東京 عربى"),
    ("decile_note", "string", "🙂🏽"),
    ("decile_note", "string", "two\nlines"),
    # The digest of an empty text, and one already made: neither is anything but text here.
    ("decile_note", "string", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("decile_note", "string", "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"),
]


def as_planned(value: object) -> str | None:
    """Give the text that a plan has for a value: see rendered() in sync/plan_sql.py."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


@where(lambda case: case.shown)
def test_values_arrive_as_what_they_are(name: str, there: StandIn) -> None:
    for number, (field, kind, value) in enumerate(VALUES, start=1):
        text = as_planned(value)
        one = change(name, number, "update", {"decile_note": "before", field: text})
        assert came_of(there, [one]) == {"accepted"}, (field, value)
        stored = CASES[name].stored(there, number)
        assert stored is not None
        shown = CASES[name].shown(text, kind)  # type: ignore[misc]  # see above
        assert stored[CASES[name].called(field)] == shown, (field, value)
    assert len(VALUES) <= PEOPLE


def test_the_same_change_twice_leaves_what_it_left_once(name: str, there: StandIn) -> None:
    changes = [change(name, number) for number in (1, 2)]
    created = replace(change(name, 901, CASES[name].creation), record_id=None)
    seen = []
    for _ in range(2):
        came_of(there, changes)
        seen.append(
            (there.destination.push([created]), CASES[name].stored(there, 1), there.get("state"))
        )
    assert seen[0][:2] == seen[1][:2]
    assert seen[0][2]["contacts"] == seen[1][2]["contacts"]


CLASSES: list[tuple[dict[str, Any], set[type[DestinationError]]]] = [
    ({"kind": "status", "status": 403}, {AccessRefused}),
    ({"kind": "status", "status": 404}, {DestinationError, AccessRefused}),
    ({"kind": "status", "status": 429}, {Retriable}),
    ({"kind": "status", "status": 429, "retry_after": 100_000}, {Retriable}),
    ({"kind": "status", "status": 429, "policy": "DAILY"}, {QuotaExhausted, Retriable}),
    ({"kind": "status", "status": 500}, {Retriable}),
    ({"kind": "status", "status": 503}, {Retriable}),
    ({"kind": "applied_then_502"}, {Retriable, Ambiguous}),
    ({"kind": "cut"}, {Ambiguous}),
    ({"kind": "status", "status": 301}, {DestinationError}),
    ({"kind": "status", "status": 418}, {DestinationError}),
    ({"kind": "status", "status": 401}, {AccessRefused}),
    ({"kind": "expire_token"}, {AccessRefused}),
]


def test_every_failure_has_its_class(name: str, there: StandIn) -> None:
    for number, (fault, expected) in enumerate(CLASSES):
        there.no_faults()
        there.fault(**{"times": None, **fault})
        slept = len(there.naps), sum(there.naps)
        repeats = CASES[name].is_repeatable or expected != {Retriable} or fault["status"] < 500
        changes = [change(name, row, token=f"{row} of {number}") for row in (1, 2)]
        came = came_of(there, changes)
        assert came in (expected if repeats else {Ambiguous}), fault
        assert len(there.naps) - slept[0] < 40, fault
        assert sum(there.naps) - slept[1] < 400, fault


def test_a_batch_refused_for_one_row_never_counts_as_written(name: str, there: StandIn) -> None:
    there.fault("batch_400", record_id=CASES[name].fault_id(2), times=None)
    came = came_of(there, [change(name, 1), change(name, 2)])
    assert came in (BatchRefused, {"accepted", "rejected"})
    assert came_of(there, [change(name, 2, token="alone")]) in (BatchRefused, {"rejected"})


def test_a_wait_that_is_asked_for_is_obeyed_up_to_a_bound(name: str, there: StandIn) -> None:
    there.fault("status", status=429, retry_after=20)
    assert came_of(there, [change(name, 1)]) == {"accepted"}
    assert 20 <= there.naps[-1] < 22
    there.fault("status", status=429, retry_after=7200, times=None)
    slept = sum(there.naps)
    assert came_of(there, [change(name, 1, token="other")]) == Retriable
    assert sum(there.naps) == slept


FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": status} for status in (301, 400, 401, 403, 404, 409, 429, 500)
] + [
    {"kind": kind}
    for kind in (
        "cut",
        "applied_then_502",
        "not_json",
        "empty_results",
        "batch_400",
        "expire_token",
    )
]


def test_no_error_shows_anything_personal(
    name: str,
    there: StandIn,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repeat_once(monkeypatch)
    caplog.set_level(logging.INFO, logger="sync")
    fields = CASES[name].row(7) | {CASES[name].text_field: " ".join(SECRETS)}
    for fault in FAULTS:
        there.no_faults()
        there.fault(**{"times": None, **fault})
        texts = []
        for size in (1, 2):
            changes = [change(name, number, "update", fields) for number in (7, 8)[:size]]
            try:
                texts += [str(outcome.message) for outcome in there.destination.push(changes)]
            except DestinationError as error:
                # Every error of the chain; lines of source hold no values, and take long.
                texts.append("".join(traceback.format_exception(error, limit=0)))
        assert texts, fault
        told = [one.getMessage() for one in caplog.records if one.name.startswith("sync")]
        shown = "\n".join([*texts, *told])
        for secret in (*SECRETS, there.sandbox.token, "whsec_"):
            assert secret not in shown, fault


@where(lambda case: case.shown)
def test_a_refused_value_is_named_by_its_field_only(name: str, there: StandIn) -> None:
    (outcome,) = there.destination.push(
        [change(name, 7, "update", {"decile_note": "Lovelace " * 9000})]
    )
    assert outcome.status == "rejected"
    assert outcome.error_code
    assert "Lovelace" not in str(outcome)


@where(lambda case: case.capabilities.removal)
def test_a_removal_does_what_the_capabilities_say(name: str, there: StandIn) -> None:
    able = there.destination.capabilities
    came_of(there, [change(name, number) for number in (1, 2)])
    removal = change(name, 1, "remove")
    for _ in range(2):
        assert came_of(there, [removal]) == {"accepted"}
    left, other = CASES[name].stored(there, 1), CASES[name].stored(there, 2)
    assert other is not None
    if able.removal == "delete":
        assert left is None
    else:
        assert left is not None
        assert {left[field] for field in removal.fields} == {None}


@where(lambda case: case.capabilities.erases)
def test_an_erasure_leaves_nothing(name: str, there: StandIn) -> None:
    came_of(there, [change(name, number) for number in (1, 2)])
    for _ in range(2):
        assert came_of(there, [change(name, 1, "erase", {})]) == {"accepted"}
    assert CASES[name].stored(there, 1) is None
    assert CASES[name].stored(there, 2)


def test_what_may_be_under_way_at_once_is_all_written(name: str, there: StandIn) -> None:
    batches = [[change(name, number)] for number in range(1, PEOPLE + 1)]
    with ThreadPoolExecutor(there.destination.capabilities.max_in_flight) as pool:
        outcomes = [outcome for (outcome,) in pool.map(there.destination.push, batches)]
    assert {outcome.status for outcome in outcomes} == {"accepted"}
    assert all(CASES[name].stored(there, number) for number in range(1, PEOPLE + 1))
    assert sum(call["rows"] for call in there.writes()) == PEOPLE


def test_a_check_finds_what_is_there_and_writes_nothing(there: StandIn) -> None:
    found = there.destination.check()
    assert found
    assert all(finding.ok and finding.name and finding.detail for finding in found)
    assert there.writes() == []


def test_a_check_with_a_refused_token_says_so(there: StandIn) -> None:
    there.fault("expire_token")
    try:
        found = there.destination.check()
    except AccessRefused:
        return
    assert len(there.get("calls")["calls"]) == 0 or not all(one.ok for one in found)


def test_a_setup_that_was_done_finds_nothing_to_do(name: str, there: StandIn) -> None:
    assert {step.action for step in there.destination.plan_setup(CASES[name].fields)} == {"exists"}


def test_the_tables_of_the_document_are_those_of_the_registry() -> None:
    current = matrix.DOCUMENT.read_text(encoding="utf-8")
    assert current == matrix.written(), "run: python -m sync.destinations.matrix"
