"""Nobody is sent anywhere without the consent that it takes, whatever a model says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_project import Person
from sync_world import Crm, World, a_world, open_people

from sync.changes import Capabilities, Mode
from sync.config import Guards, Sync
from sync.engine import plan_sync
from sync.plan_guards import new_guards, row_guards
from sync.planner import Plan
from sync.warehouse import Warehouse

CONSENTS = "small.contact_consents"
STATUSES = ("granted", "withdrawn", "unknown", None)
MODES: tuple[Mode, ...] = ("update", "upsert", "create", "mirror", "audience", "append")
ANYTHING = Guards(max_removed_share=None, min_rows=0)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    with open_people(tmp_path_factory.mktemp("people"), in_memory=True) as project:
        columns = "contact_id varchar, purpose varchar, status varchar"
        project[0].execute(f"create table {CONSENTS} ({columns})")
        yield project


def of(key: str, record_id: str | None, contact: str | None) -> Person:
    return (key, record_id, contact, f"{key}@example.com", 50, "warm")


def consents(world: World, status: dict[str, str | None], purpose: str) -> None:
    world.warehouse.execute(f"delete from {CONSENTS}")
    world.warehouse.insert(
        CONSENTS,
        [
            {"contact_id": contact, "purpose": name, "status": given}
            for contact, word in status.items()
            for name, given in ((purpose, word), ("profiling", "granted"))
        ],
    )


def planned(world: World, able: Capabilities) -> Plan:
    """Plan as a session does, which has the project's own tables."""
    return plan_sync(
        world.sync,
        world.ledger,
        able,
        guards=row_guards(world.sync, (), lambda _name: CONSENTS, able),
        new_guards=new_guards(world.sync, lambda _name: CONSENTS, able),
    )


class Case(NamedTuple):
    """Who there is, what they answered, and how they are sent."""

    contacts: list[str | None]
    status: dict[str, str | None]
    mode: Mode
    asked_by: str
    full: bool


CASES = st.builds(
    Case,
    contacts=st.lists(st.sampled_from(["c1", "c2", "c3", "c4", None]), min_size=1, max_size=6),
    status=st.dictionaries(st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(STATUSES)),
    mode=st.sampled_from(MODES),
    asked_by=st.sampled_from(["exposure", "destination"]),
    full=st.booleans(),
)


@settings(max_examples=12, deadline=None)
@given(CASES)
def test_nobody_without_consent_is_sent(opened: tuple[Warehouse, Sync], case: Case) -> None:
    who_is_sent_consented(opened, *case)


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(CASES)
def test_nobody_without_consent_is_sent_at_length(
    opened: tuple[Warehouse, Sync], case: Case
) -> None:
    who_is_sent_consented(opened, *case)


def who_is_sent_consented(
    opened: tuple[Warehouse, Sync],
    contacts: list[str | None],
    status: dict[str, str | None],
    mode: Mode,
    asked_by: str,
    full: bool,  # noqa: FBT001  (a case's own)
) -> None:
    purpose = "ad_targeting"
    meta: dict[str, Any] = {"consent": purpose} if asked_by == "exposure" else {}
    world = a_world(opened, mode=mode, contact="contact_key", guards=ANYTHING, **meta)
    able = replace(Crm().capabilities, modes=frozenset(MODES), removal="delete")
    if asked_by == "destination":
        able = replace(able, consent=purpose)
    rows = [of(str(n), str(n), name) for n, name in enumerate(contacts)]
    world.people(*rows)
    consents(world, dict.fromkeys(["c1", "c2", "c3", "c4"], "granted"), purpose)
    crm = Crm()
    world.run(crm)
    there = world.states().keys()
    consents(world, status, purpose)
    plan = plan_sync(
        world.sync,
        world.ledger,
        able,
        guards=row_guards(world.sync, (), lambda _name: CONSENTS, able),
        full=full,
    )
    may = {name for name, word in status.items() if word == "granted"}
    sent = [one for one in plan.changes() if one.change.operation != "remove"]
    assert {one.contact_id for one in sent} <= may
    if mode in ("mirror", "audience"):
        removed = {one.change.key for one in plan.changes() if one.change.operation == "remove"}
        assert removed == {row[0] for row in rows if row[2] not in may} & there


@pytest.mark.parametrize("word", [None, "withdrawn", "unknown"])
def test_whoever_is_there_is_updated_and_nobody_is_created_without_consent(
    opened: tuple[Warehouse, Sync], word: str | None
) -> None:
    world = a_world(opened, mode="upsert", contact="contact_key", guards=ANYTHING)
    able = replace(Crm().capabilities, consent_for_new="email_marketing")
    world.people(
        of("known", "17", "c1"),
        of("new", None, "c1"),
        of("nobody", None, None),
        of("asked", None, "c2"),
    )
    consents(world, {"c1": word, "c2": "granted"}, "email_marketing")
    plan = planned(world, able)
    sent = {one.change.key: one.change.operation for one in plan.changes()}
    assert sent == {"known": "update", "asked": "upsert"}
    assert plan.blocked == {"no consent: email_marketing": 1, "no contact": 1}


def test_a_model_that_names_no_contact_creates_nobody(opened: tuple[Warehouse, Sync]) -> None:
    world = a_world(opened, mode="upsert", guards=ANYTHING)
    world.people(of("known", "17", "c1"), of("new", None, "c2"))
    consents(world, {"c1": "granted", "c2": "granted"}, "email_marketing")
    plan = planned(world, replace(Crm().capabilities, consent_for_new="email_marketing"))
    assert [one.change.key for one in plan.changes()] == ["known"]
