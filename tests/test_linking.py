"""Linking: what is cut, whose word counts, and that a small change gives what a full link gives."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import pytest

from tests.linking_project import LINKED, LinkingProject, Record, Rows

IDENTIFIER_TYPES = [
    ("same_person", "9", None, None, None, None),
    ("record_id", "8", None, None, None, None),
    ("external_id", "7", None, "email", "10", None),
    ("email", "6", None, "record", "3", None),
    ("phone", "2", None, "email", "2", None),
    ("anonymous_id", "1", None, "email", "3", None),
]
TYPE_COLUMNS = "identifier_type, strength, made_of, holder, max_holders, reason"
REGISTRY = "+identity_contacts +cut_links"
COMPARED = (
    "identity_components",
    "contact_registry",
    "identity_contacts",
    "blocked_identifiers",
    "cut_links",
)
Link = tuple[int, str, str, int]
Distinction = tuple[int, str, str, int, bool]


class Clusters:
    """Union-find whose sets are named by their smallest member."""

    def __init__(self, members: Iterable[int]) -> None:
        self.parents = {member: member for member in members}

    def name(self, member: int) -> int:
        while self.parents[member] != member:
            member = self.parents[member]
        return member

    def join(self, members: Iterable[int]) -> None:
        names = sorted({self.name(member) for member in members})
        for name in names[1:]:
            self.parents[name] = names[0]


def marks_of(
    clusters: Clusters, distinctions: list[Distinction], strength: int
) -> dict[str, dict[int, tuple[str, bool]]]:
    """What tells clusters apart: by distinction, one value for each cluster."""
    marks: dict[str, dict[int, tuple[str, bool]]] = defaultdict(dict)
    for record, distinction, value, outweighs, oldest_keeps in distinctions:
        if outweighs >= strength and record in clusters.parents:
            name = clusters.name(record)
            least = min(value, marks[distinction].get(name, (value, False))[0])
            marks[distinction][name] = (least, oldest_keeps)
    return marks


def losers(names: set[int], marks: dict[str, dict[int, tuple[str, bool]]]) -> Iterator[int]:
    """Those of some clusters that must not be joined to the others."""
    for values in marks.values():
        parties = sorted(names & values.keys())
        if len({values[name][0] for name in parties}) > 1:
            oldest_keeps = values[parties[0]][1]
            yield from parties[1:] if oldest_keeps else parties


def join_step(clusters: Clusters, links: list[Link], distinctions: list[Distinction]) -> None:
    """Join by identifiers of one strength."""
    marks = marks_of(clusters, distinctions, links[0][3])
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for record, kind, value, _ in links:
        holders[kind, value].add(clusters.name(record))
    kept = [names - set(losers(names, marks)) for names in holders.values()]
    tried = Clusters(clusters.parents)
    tried.parents = dict(clusters.parents)
    for names in kept:
        tried.join(names)
    chains: dict[int, set[int]] = defaultdict(set)
    for name in {name for names in kept for name in names}:
        chains[tried.name(name)].add(name)
    chained = {name for names in chains.values() for name in losers(names, marks)}
    for names in kept:
        clusters.join(names - chained)


def components_of(links: list[Link], distinctions: list[Distinction]) -> dict[int, int]:
    """The component of each record, joined from the strongest identifier to the weakest."""
    clusters = Clusters(record for record, *_ in links)
    by_strength = sorted(links, key=lambda link: -link[3])
    for _, same in groupby(by_strength, key=lambda link: link[3]):
        join_step(clusters, list(same), distinctions)
    return {record: clusters.name(record) for record in clusters.parents}


def components_by_reference(project: LinkingProject) -> dict[int, int]:
    """What the tables that linking read come to, computed here."""
    links = project.rows(
        "select record_number, identifier_type, identifier_value, cast(strength as integer)"
        " from identity_identifiers inner join raw.identifier_types using (identifier_type)"
        " anti join blocked_identifiers using (identifier_type, identifier_value)"
    )
    distinctions = project.rows(
        "select record_number, distinction, distinct_value, outweighs, oldest_keeps"
        " from identity_distinctions"
    )
    return components_of(list(links), list(distinctions))


def partition(components: dict[int, int], records: Iterable[int]) -> set[frozenset[int]]:
    """Who is one with whom; a record without a component is one by itself."""
    parts: dict[int, set[int]] = defaultdict(set)
    for record in records:
        parts[components.get(record, record)].add(record)
    return {frozenset(part) for part in parts.values()}


def assert_as_by_reference(project: LinkingProject) -> None:
    expected = components_by_reference(project)
    assert partition(project.components(), expected) == partition(expected, expected)


@pytest.fixture
def project(tmp_path: Path) -> LinkingProject:
    return linking_project(tmp_path)


def linking_project(folder: Path) -> LinkingProject:
    folder.mkdir(exist_ok=True)
    project = LinkingProject(folder)
    project.write("identifier_types", TYPE_COLUMNS, IDENTIFIER_TYPES)
    project.write(
        "blocked_values",
        "identifier_type, compared_part, value, reason",
        [("email", "local_part", "info", "role_mailbox")],
    )
    return project


class Histories:
    """Many small worlds that change side by side, each with people of its own."""

    def __init__(self, seed: int, worlds: int) -> None:
        self.random = random.Random(seed)
        self.worlds = worlds
        self.records: dict[str, Record] = {}
        self.gone: dict[str, Record] = {}
        self.decisions: list[tuple[str, str, str]] = []

    def drawn(self, world: int, number: int) -> Record:
        """A record that shares its identifiers with others of its world."""

        def one_of(name: str, count: int, share: float) -> str | None:
            if self.random.random() > share:
                return None
            return name.format(world, self.random.randrange(count))

        source = self.random.choice(["hubspot", "web"])
        email = one_of("e{1}@w{0}.test", 5, 0.6)
        if email and self.random.random() < 0.05:
            email = f"info@w{world}.test"
        return Record(
            f"{source}:{world}-{number}",
            source,
            f"{world}-{number}",
            email,
            one_of("+{0}0{1}", 3, 0.5),
            one_of("x{0}-{1}", 4, 0.1),
            one_of("a{0}-{1}", 4, 0.5),
            one_of("name {1}", 3, 0.5),
        )

    def advance(self, share: float, most_changes: int) -> None:
        """Add, change, delete and bring back records, in a share of the worlds."""
        for world in range(self.worlds):
            if self.random.random() < share:
                for _ in range(self.random.randint(1, most_changes)):
                    self.change_one(world)

    def change_one(self, world: int) -> None:
        """Change a world by one record, or by one decision."""
        number = self.random.randrange(14)
        record = self.drawn(world, number)
        existing = [key for key in self.records if key.split(":")[1] == f"{world}-{number}"]
        if not existing:
            record = self.gone.pop(record.record_key, record)
            self.records[record.record_key] = record
        elif self.random.random() < 0.4:
            self.gone[existing[0]] = self.records.pop(existing[0])
        else:
            old = self.records[existing[0]]
            self.records[existing[0]] = record._replace(
                record_key=old.record_key, source=old.source
            )
        here = sorted(key for key in self.records if key.split(":")[1].startswith(f"{world}-"))
        if len(here) > 1 and self.random.random() < 0.1:
            first, second = self.random.sample(here, 2)
            self.decisions.append((self.random.choice(["same", "different"]), first, second))

    def write(self, project: LinkingProject, *, turned: bool = False) -> None:
        """Write the worlds as they are."""
        records = list(self.records.values())
        project.write_records(records[::-1] if turned else records)
        project.write("match_decisions", "decision, record, other_record", self.decisions)


def replay(
    histories: Histories, changed_share: float, *projects: tuple[LinkingProject, list[str], bool]
) -> Iterator[int]:
    """Let some projects live through the same days, each with its options."""
    for day in range(1, 100):
        histories.advance(*((changed_share, 4) if day > 1 else (1.0, 20)))
        for project, options, turned in projects:
            histories.write(project, turned=turned)
            as_of = f"{{as_of: '2026-02-{day:02} 00:00:00'}}"
            project.link("--vars", as_of, *options, select=REGISTRY)
        yield day


def remembered(project: LinkingProject) -> dict[str, Rows]:
    return {table: project.rows(f"from {table}") for table in COMPARED}


@pytest.mark.long
def test_what_differs_is_linked_as_a_plain_program_links_it(tmp_path: Path) -> None:
    project = linking_project(tmp_path / "partly")
    histories = Histories(seed=1, worlds=300)
    for share in (1.0, 0.02):
        histories.advance(share, most_changes=20)
        histories.write(project)
        project.link(select=f"{LINKED} +cut_links")
        assert_as_by_reference(project)
        assert project.rows("select count(*) > 10 from cut_links") == [(True,)]
    ((records, scope),) = project.rows(
        "select (select count(*) from identity_records), (select count(*) from linking_scope)"
    )
    assert 0 < scope < records / 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_linking_a_change_equals_linking_everything(tmp_path: Path, seed: int) -> None:
    partly = linking_project(tmp_path / "partly")
    fully = linking_project(tmp_path / "fully")
    histories = Histories(seed, 50)
    days = replay(histories, 0.3, (partly, [], False), (fully, ["--full-refresh"], True))
    for day in days:
        assert_as_by_reference(partly)
        assert remembered(partly) == remembered(fully)
        assert partly.rows("select count(*) from linking_scope") > [(0,)] or day == 1
        if day == 5:
            break
