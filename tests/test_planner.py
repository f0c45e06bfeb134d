from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import GuardError
from sync.planner import Plan, Policy, Row, State, make_plan
from sync.render import fingerprint

NOW = datetime(2026, 7, 1, 6, 0)  # noqa: DTZ001  (the ledger's times carry no zone)
UPDATE = Policy(name="crm", model="sync_crm", mode="update")
UPSERT = replace(UPDATE, mode="upsert")
PICKY = replace(
    UPDATE,
    sends_all=False,
    any_change=frozenset({"band"}),
    moved={"score": Decimal(5)},
    at_least_every=timedelta(days=30),
)


def a_row(key: str = "1", record_id: str | None = "r1", **payload: str | None) -> Row:
    return Row(key, record_id, key, payload, {"email": "ada@example.com"})


def accepted(row: Row, **changes: object) -> State:
    state = State(fingerprint(row.payload), row.payload, row.record_id, "accepted", 0, NOW)
    return replace(state, **changes)  # type: ignore[arg-type]


def plan_one(row: Row, state: State | None, policy: Policy = UPDATE, now: datetime = NOW) -> Plan:
    return make_plan([(row, state)], policy, now)


def test_a_row_never_sent_is_sent() -> None:
    plan = plan_one(a_row(score="3"), None)
    (planned,) = plan.changes
    assert planned.change.operation == "update"
    assert planned.change.record_id == "r1"
    assert planned.differences == {"score": (None, "3")}


def test_a_row_as_accepted_is_unchanged() -> None:
    row = a_row(score="3")
    plan = plan_one(row, accepted(row))
    assert (plan.changes, plan.unchanged) == ([], 1)


def test_a_change_shows_old_and_new() -> None:
    (planned,) = plan_one(
        a_row(score="9", band="hot"), accepted(a_row(score="3", band="hot"))
    ).changes
    assert planned.differences == {"score": ("3", "9")}
    assert planned.change.fields == {"score": "9", "band": "hot"}


def test_null_is_a_change_and_clears() -> None:
    (planned,) = plan_one(a_row(score=None), accepted(a_row(score="3"))).changes
    assert planned.change.fields == {"score": None}


def test_an_update_only_sync_skips_what_the_destination_does_not_know() -> None:
    plan = plan_one(a_row(record_id=None, score="3"), None)
    assert (plan.changes, plan.skipped) == ([], 1)


def test_an_upsert_creates_it_with_what_only_a_new_record_is_given() -> None:
    (planned,) = plan_one(a_row(record_id=None, score="3"), None, UPSERT).changes
    assert planned.change.operation == "upsert"
    assert planned.change.fields == {"score": "3", "email": "ada@example.com"}
    assert planned.payload == {"score": "3"}


def test_what_was_created_is_updated_by_the_id_it_was_given() -> None:
    row = a_row(record_id=None, score="4")
    state = accepted(a_row(score="3"), destination_id="r9")
    (planned,) = plan_one(row, state, UPSERT).changes
    assert (planned.change.operation, planned.change.record_id) == ("update", "r9")
    assert planned.change.fields == {"score": "4"}


def test_a_key_that_moved_to_another_record_is_sent_whole() -> None:
    row = a_row(record_id="r2", score="3")
    (planned,) = plan_one(row, accepted(row, destination_id="r1"), PICKY).changes
    assert planned.change.record_id == "r2"


@pytest.mark.parametrize("status", ["rejected", "pending"])
def test_a_row_that_failed_is_sent_again_although_nothing_changed(status: str) -> None:
    row = a_row(score="3")
    plan = plan_one(row, accepted(row, status=status, attempts=1), PICKY)
    assert (len(plan.changes), plan.resent) == (1, 1)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            {"score": "40", "band": "hot"},
            {"score": "44.9", "band": "hot"},
            "score moved by less than 5",
        ),
        (
            {"score": "40", "note": "a"},
            {"score": "40", "note": "b"},
            "no change that send_when names",
        ),
        ({"score": "40", "band": "hot"}, {"score": "45", "band": "hot"}, None),
        ({"score": "45", "band": "hot"}, {"score": "40", "band": "hot"}, None),
        ({"score": "40", "band": "hot"}, {"score": "41", "band": "cold"}, None),
        ({"score": "40", "band": "hot"}, {"score": None, "band": "hot"}, None),
        ({"score": "40"}, {"score": "40", "note": None}, None),
    ],
)
def test_thresholds_hold_back_what_does_not_matter(
    old: Mapping[str, str | None], new: Mapping[str, str | None], reason: str | None
) -> None:
    plan = plan_one(a_row(**new), accepted(a_row(**old)), PICKY)
    assert dict(plan.held_back) == ({reason: 1} if reason else {})
    assert len(plan.changes) == (0 if reason else 1)


def test_small_moves_add_up_until_they_matter() -> None:
    state = accepted(a_row(score="40"))
    counts = [
        len(plan_one(a_row(score=str(score)), state, PICKY).changes) for score in range(41, 46)
    ]
    assert counts == [0, 0, 0, 0, 1]


def test_a_row_held_back_for_long_enough_is_sent() -> None:
    state = accepted(a_row(score="40"))
    assert plan_one(a_row(score="41"), state, PICKY, NOW + timedelta(days=29)).changes == []
    assert len(plan_one(a_row(score="41"), state, PICKY, NOW + timedelta(days=30)).changes) == 1
    assert plan_one(a_row(score="40"), state, PICKY, NOW + timedelta(days=99)).unchanged == 1


def test_a_field_that_is_no_longer_mapped_sends_nothing() -> None:
    assert plan_one(a_row(score="3"), accepted(a_row(score="3", band="hot"))).unchanged == 1


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "sync_crm has no rows; nothing was sent"),
        (["a", "", ""], "has 2 rows without a key"),
        (["a", "b", "a"], "has 1 rows with a key seen before"),
    ],
)
def test_a_broken_promise_of_the_model_stops_everything(keys: list[str], message: str) -> None:
    with pytest.raises(GuardError, match=message):
        make_plan([(a_row(key), None) for key in keys], UPDATE, NOW)


values = st.none() | st.integers(1, 100).map(str)
rows = st.lists(
    st.builds(
        a_row,
        key=st.integers(0, 20).map(str),
        record_id=st.none() | st.integers(0, 9).map(str),
        score=values,
        band=values,
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row.key,
)


@given(rows, rows, st.sampled_from([UPDATE, UPSERT, PICKY]))
def test_applying_a_plan_leaves_nothing_to_do(
    before: list[Row], after: list[Row], policy: Policy
) -> None:
    states: dict[str, State] = {}
    for batch in (before, after):
        plan = make_plan([(row, states.get(row.key)) for row in batch], policy, NOW)
        for planned in plan.changes:
            change = planned.change
            states[change.key] = State(
                planned.fingerprint,
                planned.payload,
                change.record_id or f"new {change.key}",
                "accepted",
                0,
                NOW,
            )
        held = plan.held_back.total()
        assert len(plan.changes) + plan.unchanged + plan.skipped + held == plan.rows_read
    again = make_plan([(row, states.get(row.key)) for row in after], policy, NOW)
    assert again.changes == []


@given(rows)
def test_every_change_has_a_token_of_its_own(rows: list[Row]) -> None:
    changes = make_plan([(row, None) for row in rows], UPSERT, NOW).changes
    assert len({planned.change.token for planned in changes}) == len(rows)
