from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_plan import Payload, Row, Rules, State, decide
from small_project import Person, person
from sync_world import Crm, World, a_world, open_people, people

from sync.changes import Mode
from sync.config import Sync
from sync.errors import ConfigError, GuardError
from sync.exposure import Guards, SendWhen
from sync.ledger import utc_now
from sync.plan_guards import parse_allowed
from sync.warehouse import Warehouse

MODES: tuple[Mode, ...] = get_args(Mode)
PICKY = SendWhen(any_change=("band",), moved={"lead_score": 5}, at_least_every_days=30)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    with open_people(tmp_path_factory.mktemp("project"), in_memory=True) as found:
        yield found


def test_a_row_never_sent_is_sent(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened)
    world.people(person("1", "r1", score=3))
    (planned,) = world.plan().changes()
    assert (planned.change.operation, planned.change.record_id) == ("update", "r1")
    assert planned.differences["decile_lead_score"] == (None, "3")


def test_null_is_a_change_and_clears(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened)
    world.people(person("1", "r1", score=3))
    world.run(Crm())
    world.people(person("1", "r1", score=None))
    (planned,) = world.plan().changes()
    assert planned.differences == {"decile_lead_score": ("3", None)}
    assert planned.change.fields["decile_lead_score"] is None


def test_an_upsert_creates_with_what_only_a_new_record_is_given(
    opened: tuple[Warehouse, Sync],
) -> None:
    world = a_world(opened, mode="upsert")
    world.people(person("1", score=4))
    (planned,) = world.plan().changes()
    assert planned.change.operation == "upsert"
    assert planned.change.fields["email"] == "1@example.com"
    assert planned.change.only_new == {"email"}
    assert "email" not in planned.payload

    world.run(Crm())
    world.people(person("1", score=5))
    (planned,) = world.plan().changes()
    assert (planned.change.operation, planned.change.record_id) == ("update", "1")
    assert "email" not in planned.change.fields
    assert planned.change.only_new == frozenset()


def test_small_moves_add_up_until_they_matter(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened, send_when=PICKY)
    world.people(person("1", "r1", score=40))
    world.run(Crm())
    counts = []
    for score in range(41, 46):
        world.people(person("1", "r1", score=score))
        plan = world.plan()
        counts.append(plan.to_send)
        assert plan.held_back == (
            {} if plan.to_send else {"decile_lead_score moved by less than 5": 1}
        )
    assert counts == [0, 0, 0, 0, 1]


def test_a_value_that_comes_back_is_a_write_of_its_own(opened: tuple[Warehouse, Sync]) -> None:
    world, tokens = a_world(opened), []
    for band in ("hot", "cold", "hot"):
        world.people(person("1", "r1", band=band))
        (planned,) = world.plan().changes()
        (again,) = world.plan().changes()
        assert planned.change.token == again.change.token
        tokens.append(planned.change.token)
        world.run(Crm())
    assert len(set(tokens)) == 3


def test_removals_go_first_and_operations_do_not_mix(opened: tuple[Warehouse, Sync]) -> None:
    world, crm = a_world(opened, mode="mirror"), Crm(max_batch=2)
    world.people(*people(3), person("x"))
    world.run(crm)
    world.people(*people(2, score=9), person("y"), person("z"), person("x", score=1))
    cut = [
        (batch[0].change.operation, [planned.change.key for planned in batch])
        for batch in world.plan().batches(crm.capabilities)
    ]
    assert cut == [
        ("remove", ["3"]),
        ("update", ["1", "2"]),
        ("update", ["x"]),
        ("upsert", ["y", "z"]),
    ]


def test_a_removal_clears_all_that_was_ever_sent(opened: tuple[Warehouse, Sync]) -> None:
    world, crm = a_world(opened, mode="mirror"), Crm()
    world.people(*people(2))
    world.run(crm)
    world.people(*people(1))
    result = world.run(crm)
    assert (result.plan.removed, list(crm.records)) == ({"no longer in the model": 1}, ["r1"])
    assert world.plan().to_send == 0
    world.people(*people(2))
    assert [planned.change.key for planned in world.plan().changes()] == ["2"]


def test_a_removal_goes_to_the_record_that_was_sent(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened, mode="mirror", contact="contact_key")
    world.people(person("1", "r1"))
    world.run(Crm())
    world.people(person("1", "r2"))
    (planned,) = world.plan(guards={"refused": "select '1' as contact_id"}).changes()
    assert (planned.change.operation, planned.change.record_id) == ("remove", "r1")


def test_a_blocked_row_keeps_no_record_from_being_cleared(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened, mode="mirror", contact="contact_key")
    world.people(person("1"))
    world.run(Crm())  # it was created there as record 1
    world.people(("as a record", "1", "1", None, 50, "warm"))
    assert world.plan().count("remove") == 0
    (planned,) = world.plan(guards={"refused": "select '1' as contact_id"}).changes()
    assert (planned.change.operation, planned.change.key) == ("remove", "1")


def test_a_row_that_goes_to_another_record_has_another_token(
    opened: tuple[Warehouse, Sync],
) -> None:
    world, tokens = a_world(opened), set()
    for record in ("r1", "r2"):
        world.people(("1", record, "1", None, 50, "warm"))
        tokens |= {planned.change.token for planned in world.plan().changes()}
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("guards", "allow", "refused"),
    [
        (Guards(), [], "would remove 15 of the 20 rows sent before"),
        (Guards(), ["removed=14"], "--allow removed=15"),
        (Guards(), ["removed=15"], None),
        (Guards(max_removed_share=0.75), [], None),
        (Guards(max_removed_share=1, min_rows=6), [], "has fewer than 6 rows"),
    ],
)
def test_too_much_at_once_is_refused(
    opened: tuple[Warehouse, Sync], guards: Guards, allow: list[str], refused: str | None
) -> None:
    world = a_world(opened, mode="mirror", guards=guards)
    world.people(*people(20))
    world.run(Crm(max_batch=50))
    world.people(*people(5))
    if refused is None:
        assert world.plan(allowed=parse_allowed(allow)).count("remove") == 15
        return
    with pytest.raises(GuardError, match=refused):
        world.plan(allowed=parse_allowed(allow))


def test_what_may_be_allowed_is_a_guard_and_a_number() -> None:
    for option in ("removed", "removed=", "removed=many", "=3"):
        with pytest.raises(ConfigError, match="--allow"):
            parse_allowed([option])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([], "has no rows; nothing was sent"),
        (["a", None, ""], "has 2 rows without a key"),
        (["a", "b", "a"], "has 1 rows with a key seen before"),
    ],
)
def test_a_broken_promise_of_the_model_stops_everything(
    opened: tuple[Warehouse, Sync], keys: list[str | None], message: str
) -> None:
    world = a_world(opened)
    world.people(*(person(key) for key in keys))
    with pytest.raises(GuardError, match=message):
        world.plan()


def test_a_full_run_sends_the_unchanged_and_still_removes(opened: tuple[Warehouse, Sync]) -> None:
    world, crm = a_world(opened, mode="mirror"), Crm()
    world.people(*people(3))
    world.run(crm)
    world.people(*people(2))
    plan = world.plan(full=True)
    assert plan.operations == {"update": 2, "remove": 1}


VALUES = {
    "string": [None, "", "a", "ein Über'maß; 3:x", "3:x;", "😀", "0", "null", "a\nb"],
    "integer": [None, 0, -7, 2_000_000_000],
}


def test_equal_rows_and_no_others_have_equal_fingerprints(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened)
    rows = {
        (band, score): person(f"{place}-{score}", f"{place}-{score}", score=score, band=band)
        for place, band in enumerate(VALUES["string"])  # type: ignore[arg-type]  # texts, as said above
        for score in VALUES["integer"]
    }
    same = [(record, record, "same", *rest) for _, record, _, *rest in rows.values()]
    world.people(*same, *((f"{row[0]}+", f"{row[0]}+", *row[2:]) for row in same))  # type: ignore[arg-type]  # a person, all of them
    marks = [planned.fingerprint for planned in world.plan().changes()]
    assert len(marks) == 2 * len(rows)
    assert len(set(marks)) == len(rows)


@pytest.mark.parametrize(
    ("sql", "kind", "text"),
    [
        ("null", "number", None),
        ("cast(12.50 as numeric(18, 2))", "number", "12.5"),
        ("cast(100 as numeric(18, 2))", "number", "100"),
        ("cast(-0.00 as numeric(18, 2))", "number", "0"),
        ("cast(0.1 as double precision)", "number", "0.1"),
        ("cast(1e-7 as double precision)", "number", "0.0000001"),
        ("cast(1e15 as double precision)", "number", "1000000000000000"),
        ("cast(7 as integer)", "integer", "7"),
        ("true", "boolean", "true"),
        ("false", "boolean", "false"),
        ("cast(null as boolean)", "boolean", None),
        ("cast('2026-07-01' as date)", "date", "2026-07-01"),
        ("cast('2026-07-01 09:30:00' as timestamp)", "timestamp", "2026-07-01T09:30:00.000Z"),
        ("cast('2026-07-01 09:30:00.1209' as timestamp)", "timestamp", "2026-07-01T09:30:00.120Z"),
        ("''", "string", ""),
    ],
)
def test_a_value_has_one_text(
    opened: tuple[Warehouse, Sync], sql: str, kind: Any, text: str | None
) -> None:
    from sync.plan_sql import Column, rendered

    warehouse, _ = opened
    query = f"select {rendered(Column(sql, 'x', kind), warehouse)} as text"
    assert [row["text"] for row in warehouse.rows(query)] == [text]


def test_a_model_that_was_not_built_says_so(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened)
    world.sync = replace(world.sync, table="nothing")
    with pytest.raises(ConfigError, match="Build it with: dbt build"):
        world.plan()


# The property: the SQL decides as the reference does, whatever is in model and ledger.

texts = st.none() | st.sampled_from(["hot", "warm", ""])
scores = st.none() | st.integers(1, 12)
some_keys = st.sampled_from("abcdef")
some_ids = st.none() | st.sampled_from(["r1", "r2", "r3", "r4"])
contacts = st.none() | st.sampled_from(["c1", "c2", "c3", "c4"])


def payload_of(contact: str | None, score: int | None, band: str | None) -> Payload:
    text = None if score is None else str(score)
    return {"decile_contact_id": contact, "decile_lead_score": text, "decile_band": band}


@st.composite
def model_rows(draw: st.DrawFn) -> dict[str, tuple[Person, Row]]:
    found = {}
    for key in draw(st.lists(some_keys, min_size=1, unique=True)):
        record, contact, score, band = draw(st.tuples(some_ids, contacts, scores, texts))
        row = Row(key, record, contact, payload_of(contact, score, band))
        found[key] = ((key, record, contact, None, score, band), row)
    return found


@st.composite
def states(draw: st.DrawFn) -> dict[str, State]:
    found = {}
    for key in draw(st.lists(some_keys, unique=True)):
        values = draw(st.none() | st.tuples(contacts, scores, texts))
        payload = values and payload_of(*values)
        if payload and draw(st.integers(0, 4)) == 0:
            payload.pop(draw(st.sampled_from(sorted(payload))))
        status = draw(st.sampled_from(["accepted", "accepted", "rejected", "pending"]))
        operation = draw(st.sampled_from(["create", "update", "upsert", "remove"]))
        doubt = payload is None and draw(st.booleans())
        found[key] = State(payload, draw(some_ids), status, operation, draw(contacts), doubt)
    return found


@st.composite
def all_rules(draw: st.DrawFn) -> Rules:
    picky = draw(st.booleans())
    some = st.frozensets(st.sampled_from(["c1", "c2", "c3", "c4"]), max_size=2)
    return Rules(
        mode=draw(st.sampled_from(MODES)),
        removes=draw(st.sampled_from([True, True, False])),
        always=frozenset({"decile_band"}) if picky else None,
        moved={"decile_lead_score": Decimal(5)} if picky else None,
        due=draw(st.booleans()),
        full=draw(st.sampled_from([False, False, True])),
        only_failed=draw(st.sampled_from([False, False, True])),
        blocked=draw(some),
        blocked_if_new=draw(some),
        merged=draw(some),
        new_needs_contact=draw(st.booleans()),
    )


@settings(max_examples=20, deadline=None)
@given(model=model_rows(), remembered=states(), rules=all_rules())
def test_the_warehouse_decides_as_the_reference_does(
    opened: tuple[Warehouse, Sync],
    model: dict[str, tuple[Person, Row]],
    remembered: dict[str, State],
    rules: Rules,
) -> None:
    check_against_reference(opened, model, remembered, rules)


@pytest.mark.long
@settings(max_examples=1_500, deadline=None)
@given(model=model_rows(), remembered=states(), rules=all_rules())
def test_the_warehouse_decides_as_the_reference_does_at_length(
    opened: tuple[Warehouse, Sync],
    model: dict[str, tuple[Person, Row]],
    remembered: dict[str, State],
    rules: Rules,
) -> None:
    check_against_reference(opened, model, remembered, rules)


def check_against_reference(
    opened: tuple[Warehouse, Sync],
    model: dict[str, tuple[Person, Row]],
    remembered: dict[str, State],
    rules: Rules,
) -> None:
    when = PICKY if rules.always is not None else None
    wide = Guards(max_removed_share=None, min_rows=0)
    world = a_world(opened, mode=rules.mode, send_when=when, contact="contact_key", guards=wide)
    world.people(*(row for row, _ in model.values()))
    remember(world, remembered, due=rules.due)
    plan = world.plan(
        full=rules.full,
        only_failed=rules.only_failed,
        guards={"chk": one_of(rules.blocked)},
        new_guards={"no consent": one_of(rules.blocked_if_new)},
        consent_for_new="email_marketing" if rules.new_needs_contact else None,
        merged=one_of(rules.merged),
        removal="clear" if rules.removes else None,
    )
    written = {
        row.record_id
        for _, row in model.values()
        if row.record_id and row.contact not in rules.blocked
    }
    expected: dict[str, tuple[str, str]] = {}
    for key in {*model, *remembered}:
        row = model[key][1] if key in model else None
        expected[key] = decide(row, remembered.get(key), rules, written)
    sent = {planned.change.key: planned.change.operation for planned in plan.changes()}
    assert sent == {key: how for key, (what, how) in expected.items() if what == "send"}
    whats = [what for what, _ in expected.values()]
    counted = {
        "unchanged": plan.unchanged,
        "held_back": plan.held_back.total(),
        "skipped": plan.skipped.total(),
        "blocked": plan.blocked.total(),
    }
    assert counted == {name: whats.count(name) for name in counted}
    assert plan.rows_read == len(model)


def one_of(contact_ids: frozenset[str]) -> str:
    found = " union all ".join(f"select '{name}' as contact_id" for name in sorted(contact_ids))
    return found or "select cast(null as varchar) as contact_id where false"


def remember(world: World, remembered: dict[str, State], *, due: bool) -> None:
    now = utc_now()
    accepted_at = now - timedelta(days=40) if due else now
    rows = [state_row(world, key, state, now, accepted_at) for key, state in remembered.items()]
    with world.warehouse.transaction():
        world.warehouse.insert(world.ledger.table("sync_state"), rows)


def state_row(
    world: World, key: str, state: State, now: datetime, accepted_at: datetime
) -> dict[str, object]:
    there = state.payload is not None
    text = json.dumps(state.payload, sort_keys=True, separators=(",", ":")) if there else None
    return {
        "account": world.ledger.account,
        "sync_name": world.sync.name,
        "row_key": key,
        "contact_id": state.contact,
        "run_number": 1,
        "operation": state.operation,
        "fingerprint": "of an older mapping" if there else "" if state.in_doubt else None,
        "payload": text,
        "destination_id": state.destination_id,
        "status": state.status,
        "attempts": 0,
        "accepted_at": accepted_at if there else None,
        "recorded_at": now,
    }


@pytest.mark.parametrize(("shown", "keys"), [(0, ""), (1, "4"), (3, "246"), (9, "123456")])
def test_a_sample_is_taken_from_all_over_the_plan(
    opened: tuple[Warehouse, Sync], shown: int, keys: str
) -> None:
    world = a_world(opened)
    world.people(*(person(key, f"r{key}") for key in "123456"))
    found = [planned.change.key for planned in world.plan().sample(shown)]
    assert found == list(keys)
