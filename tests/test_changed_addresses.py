"""Whoever is found by an address is found after it changed, and after an answer got lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_project import Person
from stand_ins import AUDIENCE, StandIn, held, mailchimp_id, standing_in
from sync_world import Crm, World, a_world, open_people

from sync.changes import Capabilities, Change, Field, Outcome
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Target
from sync.errors import Ambiguous
from sync.render import payloads

OLD, NEW, OTHER = "person1@example.com", "ann.new@example.com", "person2@example.com"
KINDS = {"brevo list": "EMAIL", "mailchimp tag": "email_address"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_people(tmp_path_factory.mktemp("people"), in_memory=True) as found:
        yield found


@pytest.fixture(params=KINDS)
def there(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, StandIn]]:
    with standing_in(request.param, tmp_path, monkeypatch, with_contract=False) as stand_in:
        yield request.param, stand_in


def by_address(opened: Any, field: str, column: str = "email") -> World:
    world = a_world(
        opened, mode="audience", record_id=None, unique_key="email", contact="contact_key"
    )
    world.sync = replace(world.sync, fields=(Field(column, field, "string", "", ""),))
    world.sync = replace(world.sync, create_fields=())
    return world


def people(world: World, ann: str | None) -> None:
    rows: list[Person] = [("ann", None, "ann", ann, 5, "hot")] if ann else []
    world.people(*rows, ("bob", None, "bob", OTHER, 5, "hot"))


def inside(kind: str, there: StandIn) -> set[str]:
    if kind == "brevo list":
        contacts = held(there, "brevo", "contacts").values()
        return {one["email"] for one in contacts if 7 in one.get("listIds", ())}
    members = held(there, "mailchimp", "members").values()
    return {one["email_address"] for one in members if one.get("tags")}


def moves_there(kind: str, there: StandIn) -> None:
    """Have the contact there follow the new address, as the sync of contacts does."""
    service, _, _ = kind.partition(" ")
    connector = DESTINATIONS[service]
    target = Target("contacts") if service == "brevo" else Target("members", {"audience": AUDIENCE})
    known, name = "1" if service == "brevo" else mailchimp_id(1), KINDS[kind]
    moved = Change("m", "ann", "update", known, NEW, {name: NEW}, previous={name: OLD})
    with connector.connect(connector.sandboxed(there.sandbox.url), target) as connection:
        assert connection.destination.push([moved])[0].status == "accepted"


def lose(there: StandIn, monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    push = there.destination.push

    def lost(changes: Sequence[Change]) -> list[Outcome]:
        push(changes)
        raise Ambiguous("no complete answer came back")

    with monkeypatch.context() as patched:
        patched.setattr(there.destination, "push", lost)
        world.run(there.destination)


@pytest.mark.parametrize("moves", [False, True])
def test_who_has_another_address_leaves_all_the_same(
    opened: Any,
    there: tuple[str, StandIn],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    moves: bool,
) -> None:
    (kind, stand_in), crm = there, there[1].destination
    monkeypatch.setenv("DECILE_RATES", str(tmp_path / "rates.sqlite"))
    world = by_address(opened, KINDS[kind])
    people(world, OLD)
    world.run(crm)
    assert inside(kind, stand_in) == {OLD, OTHER}
    if moves:
        moves_there(kind, stand_in)
    people(world, NEW)
    assert world.run(crm).status == "succeeded"
    assert inside(kind, stand_in) == {NEW if moves else OLD, OTHER}
    people(world, None)
    world.run(crm)
    assert inside(kind, stand_in) == {OTHER}


@pytest.mark.parametrize("last", ["person3@example.com", NEW, None])
def test_who_may_be_in_by_a_former_address_is_taken_out_by_it(
    opened: Any, there: tuple[str, StandIn], monkeypatch: pytest.MonkeyPatch, last: str | None
) -> None:
    (kind, stand_in), crm = there, there[1].destination
    world = by_address(opened, KINDS[kind], "band")
    people(world, OLD)
    lose(stand_in, monkeypatch, world)
    assert inside(kind, stand_in) == {OLD, OTHER}
    people(world, last)
    world.run(crm)
    if last == NEW:  # whom nobody knows there
        people(world, None)
        world.run(crm)
    known = {last} - {None, NEW}
    assert inside(kind, stand_in) == {OTHER, *known}


class ByAddress(Crm):
    """Finds people by an address, and says no id."""

    @property
    def capabilities(self) -> Capabilities:
        able = super().capabilities
        return replace(able, found_by=frozenset({"email"}), unique_key_is="email")

    def _write(self, change: Change) -> Outcome:
        return replace(super()._write(change), destination_id=None)


def test_the_address_that_was_accepted_stays_until_another_one_is(opened: Any) -> None:
    world = by_address(opened, "decile_band", "band")
    crm = ByAddress()

    def run(email: str, band: str) -> dict[str, Any]:
        row: Person = ("ann", None, "ann", email, 5, band)
        world.people(row)
        world.run(crm)
        (state,) = world.read("sync_state_current")
        return state

    run(OLD, "hot")
    crm.bad = {"ann"}
    state = run(NEW, "warm")
    assert (state["status"], state["unique_key"]) == ("rejected", OLD)
    (again,) = world.plan(crm).changes()
    assert (again.change.unique_key, again.change.former_key) == (NEW, OLD)
    crm.bad, crm.silent = set(), {"ann"}
    state = run(NEW, "warm")
    assert (state["unique_key"], payloads(state["in_doubt"])) == (OLD, [{"email": NEW}])
    crm.silent = set()
    state = run(NEW, "warm")
    assert (state["unique_key"], state["in_doubt"]) == (NEW, None)


@pytest.mark.parametrize("kind", ["brevo", "activecampaign", "mailchimp"])
def test_a_contact_that_was_made_by_a_former_address_is_erased_with_the_other(
    opened: Any, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing_in(kind, tmp_path, monkeypatch, with_contract=False) as stand_in:
        crm: Any = stand_in.destination
        (name,) = crm.capabilities.found_by
        crm.apply_setup([Field("band", "LEAD_BAND", "string", "Band", "Band.")])
        world = by_address(opened, "LEAD_BAND", "band")
        world.sync = replace(world.sync, meta=world.sync.meta.model_copy(update={"mode": "upsert"}))
        before = emails(stand_in, kind)
        world.people(("ann", None, "ann", "ann.old@example.com", 5, "hot"))
        lose(stand_in, monkeypatch, world)
        world.people(("ann", None, "ann", NEW, 5, "hot"))
        world.run(crm)
        assert emails(stand_in, kind) - before == {"ann.old@example.com", NEW}
        (state,) = world.read("sync_state_current")
        assert payloads(state["in_doubt"]) == [{name: "ann.old@example.com"}]
        known = state["destination_id"]
        doubts = payloads(state["in_doubt"])
        crm.push([Change("e", "ann", "erase", known, NEW, {}, in_doubt=doubts)])
        assert emails(stand_in, kind) == before


def emails(there: StandIn, service: str) -> set[str]:
    table = "members" if service == "mailchimp" else "contacts"
    rows = held(there, service, table).values()
    return {str(one.get("email_address") or one.get("email")) for one in rows}
