"""How records hang together by the identifiers they share. No warehouse, no printing."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# What says most about a person is named first, where two records share several identifiers.
STRONGEST_FIRST = ("same_person", "email", "external_id", "record_id", "phone", "anonymous_id")


@dataclass(frozen=True)
class Identifier:
    """A value that records may share, as the e-mail address of somebody."""

    kind: str
    value: str


@dataclass(frozen=True)
class Holding:
    """A record has an identifier that may join it to others.

    A last resort is named only where nothing else joins the record.
    """

    record: str
    identifier: Identifier
    last_resort: bool = False


@dataclass(frozen=True)
class Joint:
    """A record, and the identifier that joins it to one met before; a first record has neither."""

    record: str
    by: Identifier | None = None
    to: str | None = None


def spanning_tree(records: Sequence[str], holdings: Iterable[Holding]) -> list[Joint]:
    """Join each record to an earlier one, breadth first from the first of `records`.

    A record that nothing joins to those before it begins a tree of its own.
    """
    held = list(holdings)
    tree: list[Joint] = []
    reached: set[str] = set()
    for record in records:
        if record not in reached:
            tree += walk([record], held, reached=reached)
    return tree


def path(starts: Sequence[str], goals: Sequence[str], holdings: Iterable[Holding]) -> list[Joint]:
    """Give the shortest way from one of `starts` to one of `goals`; nothing where there is none."""
    joints: dict[str, Joint] = {}
    for joint in walk(starts, holdings):
        joints[joint.record] = joint
        if joint.record in goals:
            way = [joint]
            while (before := way[-1].to) is not None:
                way.append(joints[before])
            return way[::-1]
    return []


def walk(
    starts: Sequence[str], holdings: Iterable[Holding], *, reached: set[str] | None = None
) -> Iterator[Joint]:
    """Visit everything that hangs together with `starts`, the nearest first, last resorts last.

    `reached` holds the records to leave out, and is added to.
    """
    identifiers: dict[str, set[Identifier]] = defaultdict(set)
    holders: dict[Identifier, list[str]] = defaultdict(list)
    last_resorts = set()
    for holding in holdings:
        if holding.identifier not in identifiers[holding.record]:
            identifiers[holding.record].add(holding.identifier)
            holders[holding.identifier].append(holding.record)
        if holding.last_resort:
            last_resorts.add(holding.identifier)
    seen = set() if reached is None else reached
    waiting = deque(Joint(record) for record in dict.fromkeys(starts))
    waiting_longer: deque[Joint] = deque()
    while waiting or waiting_longer:
        joint = (waiting or waiting_longer).popleft()
        if joint.record in seen:
            continue
        seen.add(joint.record)
        yield joint
        for identifier in sorted(identifiers[joint.record], key=_strength):
            queue = waiting_longer if identifier in last_resorts else waiting
            for other in holders.pop(identifier, ()):
                queue.append(Joint(other, identifier, joint.record))


def _strength(identifier: Identifier) -> tuple[int, str, str]:
    known = identifier.kind in STRONGEST_FIRST
    place = STRONGEST_FIRST.index(identifier.kind) if known else len(STRONGEST_FIRST)
    return (place, identifier.kind, identifier.value)
