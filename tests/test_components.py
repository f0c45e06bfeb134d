"""Components are those of a union-find, whatever the graph, and rounds grow with its logarithm."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunner

ROOT = Path(__file__).parent.parent
PROJECT = """
name: decile
version: "1.0.0"
config-version: 2
profile: decile
flags:
  send_anonymous_usage_stats: false
"""
PROFILE = """
decile:
  target: duckdb
  outputs:
    duckdb: {{type: duckdb, path: '{path}', schema: main, threads: 1}}
"""
MODEL = """
{{ config(materialized='connected_components') }}
select low as record_number, high as linked_record_number from raw.edges
"""

Edges = list[tuple[int, int]]


def components_of(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Union-find: the smallest member of each vertex's component."""
    parents: dict[int, int] = {}

    def root(vertex: int) -> int:
        parents.setdefault(vertex, vertex)
        while parents[vertex] != vertex:
            parents[vertex] = parents[parents[vertex]]
            vertex = parents[vertex]
        return vertex

    for low, high in edges:
        if low != high:
            first, second = sorted((root(low), root(high)))
            parents[second] = first
    return {vertex: root(vertex) for vertex in list(parents)}


class Linker:
    """A dbt project of one connected_components model over a table of edges."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "graph.duckdb"
        shutil.copytree(ROOT / "macros" / "materializations", folder / "macros")
        (folder / "models").mkdir()
        (folder / "dbt_project.yml").write_text(PROJECT)
        (folder / "profiles.yml").write_text(PROFILE.format(path=self.database))
        (folder / "models" / "components.sql").write_text(MODEL)

    def link(self, edges: Edges) -> tuple[dict[int, int], int]:
        """The component of each vertex, and the rounds it took."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("create schema if not exists raw")
            connection.execute("create or replace table raw.edges (low bigint, high bigint)")
            connection.execute(
                "insert into raw.edges select unnest(?), unnest(?)",
                [[low for low, _ in edges], [high for _, high in edges]],
            )
        rounds = []
        runner = dbtRunner(
            callbacks=[
                lambda event: rounds.extend(re.findall(r"components: (\d+) rounds", event.info.msg))
            ]
        )
        folder = str(self.folder)
        where = ["--project-dir", folder, "--profiles-dir", folder]
        result = runner.invoke(["--log-level-file", "none", "run", *where])
        assert result.success, result.exception
        with duckdb.connect(str(self.database)) as connection:
            rows = connection.execute("select record_number, component from components").fetchall()
        return dict(rows), int(rounds[0])


@pytest.fixture(scope="module")
def linker(tmp_path_factory: pytest.TempPathFactory) -> Linker:
    return Linker(tmp_path_factory.mktemp("components"))


def random_graphs(seed: int, count: int) -> Edges:
    """Many graphs of all densities in one table, each in a range of numbers of its own."""
    source = random.Random(seed)
    edges: Edges = []
    for graph in range(count):
        size = source.randint(2, 40)
        for _ in range(source.randint(1, size * 2)):
            edges.append(
                (graph * 100 + source.randint(1, size), graph * 100 + source.randint(1, size))
            )
    return edges


@pytest.mark.parametrize("seed", [1, 2])
def test_random_graphs_have_the_components_of_a_union_find(linker: Linker, seed: int) -> None:
    edges = random_graphs(seed, 100)
    components, _ = linker.link(edges)
    assert components == components_of(edges)


def test_row_order_and_direction_never_matter(linker: Linker) -> None:
    edges = random_graphs(3, 50)
    straight, _ = linker.link(edges)
    turned, _ = linker.link([(high, low) for low, high in reversed(edges)])
    assert straight == turned


@pytest.mark.parametrize(
    "edges",
    [
        [(number, number + 1) for number in range(1, 5000)],
        [(number + 1, number) for number in reversed(range(1, 5000))],
        [(1, number) for number in range(2, 5000)],
    ],
    ids=["path", "path backwards", "hub"],
)
def test_long_chains_and_hubs_converge_in_a_few_rounds(linker: Linker, edges: Edges) -> None:
    components, rounds = linker.link(edges)
    assert set(components.values()) == {1}
    assert components.keys() == {vertex for edge in edges for vertex in edge}
    assert rounds <= 18


def test_records_that_share_nothing_have_no_row(linker: Linker) -> None:
    components, rounds = linker.link([(7, 7)])
    assert components == {}
    assert rounds == 0
