"""Whoever is found by what they were sent is taken out by all that may be there of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_project import Person, person
from sync_world import Crm, World, a_world, open_people

from sync.changes import Capabilities, Change, Collected, Outcome
from sync.collect import collect
from sync.errors import Ambiguous
from sync.render import canonical, distinct, payloads

# What the destination finds people by.
BAND = "decile_band"
Fate = Literal["answered", "lost", "never arrived"]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_people(tmp_path_factory.mktemp("people"), in_memory=True) as found:
        yield found


@pytest.fixture
def world(opened: Any) -> World:
    return a_world(opened, mode="mirror")


@dataclass
class Audience(Crm):
    """Knows people by a value and by nothing else; takes them out by the old before the new."""

    members: set[str] = field(default_factory=set)
    fate: Fate = "answered"
    later: dict[str, Collected] = field(default_factory=dict)

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, found_by=frozenset({BAND}))

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        outcomes = [self._move(one) for one in changes if self.fate != "never arrived"]
        if self.fate != "answered":
            raise Ambiguous("no complete answer came back")
        return outcomes

    def collect(self, request_id: str) -> Collected:
        return self.later.get(request_id, Collected("done"))

    def _move(self, change: Change) -> Outcome:
        known = {str(sent[BAND]) for sent in change.sent if sent.get(BAND)}
        now = set() if change.operation == "remove" else {str(change.fields[BAND])}
        if not known | now:
            return Outcome(change.token, "rejected", None, "NO_IDENTIFIER")
        self.members = self.members - known | now
        if not now:
            return Outcome(change.token, "accepted")
        name = now.copy().pop()
        return Outcome(
            change.token,
            "accepted",
            change.key,
            request_id=f"in {name}",
            request_row=0,
            former_request_id=f"out for {name}" if known - now else None,
            former_request_row=0 if known - now else None,
        )


def of(band: str) -> Person:
    return person("1", band=band)


def run(world: World, audience: Audience, band: str | None, fate: Fate = "answered") -> None:
    # Somebody else is always there: an empty model is refused.
    world.people(person("2", band="another"), *([of(band)] if band else []))
    audience.fate = fate
    world.run(audience)
    audience.members -= {"another"}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["old", "new", "newer", None]),
        st.sampled_from(["answered", "lost", "never arrived"]),
    ),
    max_size=4,
)


@given(STEPS, st.sampled_from(["old", None]))
@example([("old", "answered"), ("new", "lost")], None)
@example([("old", "lost"), ("new", "lost"), ("newer", "never arrived")], None)
@example([("old", "answered"), (None, "lost"), ("new", "lost")], "old")
@settings(max_examples=5, deadline=None)
def test_whatever_answers_got_lost_the_last_one_that_comes_leaves_nothing_behind(
    opened: Any, steps: list[tuple[str | None, Fate]], last: str | None
) -> None:
    world, audience = a_world(opened, mode="mirror"), Audience()
    for band, fate in steps:
        run(world, audience, band, fate)
    run(world, audience, last)
    assert audience.members == ({last} if last else set())
    for row in world.read("sync_state_current"):
        assert (row["status"], row["in_doubt"]) == ("accepted", None)


def test_no_more_is_kept_in_doubt_than_what_somebody_is_found_by(world: World) -> None:
    run(world, Audience(), "new", "lost")
    doubts = {row["row_key"]: row["in_doubt"] for row in world.read("sync_state_current")}
    assert payloads(doubts["1"]) == [{BAND: "new"}]
    other = a_world((world.warehouse, world.sync), mode="mirror")
    other.people(of("new"))
    crm = Crm(before=lambda _changes: _lose())
    other.run(crm)
    assert {row["in_doubt"] for row in other.read("sync_state")} == {None}


def _lose() -> None:
    raise Ambiguous("no complete answer came back")


@pytest.mark.parametrize("failed", [["out for new"], ["in new"], ["in new", "out for new"]])
def test_a_former_value_whose_removal_failed_later_is_taken_out_again(
    world: World, failed: list[str]
) -> None:
    audience = Audience()
    run(world, audience, "old")
    run(world, audience, "new")
    requests = {row["request_id"] for row in world.read("sync_requests")}
    assert requests == {"in another", "in old", "out for new", "in new"}
    for name in failed:
        audience.later[name] = Collected("done", 1, None, {0: "INTERNAL"})
    audience.members = {"old", "new"}
    found = {one.request_id: one.failed for one in collect(world.sync, world.ledger, audience)}
    assert sum(found.values()) == 1
    (again,) = world.plan(audience).changes()
    assert [sent[BAND] for sent in again.change.sent] == ["new", "old"]
    run(world, audience, "new")
    assert audience.members == {"new"}


def test_all_that_may_be_there_is_taken_out_with_who_leaves(world: World) -> None:
    audience = Audience()
    run(world, audience, "old")
    run(world, audience, "new")
    audience.later["out for new"] = Collected("failed")
    audience.members = {"old", "new"}
    list(collect(world.sync, world.ledger, audience))
    run(world, audience, None)
    assert audience.members == set()


PAYLOADS = st.lists(st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "y", None])))


@given(PAYLOADS, st.dictionaries(st.sampled_from("ab"), st.sampled_from(["x", "y", None])))
def test_payloads_in_doubt_are_each_kept_once_and_never_what_is_known(
    given: list[dict[str, str | None]], known: dict[str, str | None]
) -> None:
    def full(one: Any) -> str:
        return canonical({name: cell for name, cell in one.items() if cell})

    kept = [full(one) for one in payloads(distinct(given, "ab", but=known))]
    assert set(kept) == {full(one) for one in given} - {full(known), "{}"}
    assert len(set(kept)) == len(kept)
    assert distinct(given, "ab", but=known) != "[]"
    assert distinct(given, "") is None
