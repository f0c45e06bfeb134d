"""Components are scipy's, whatever the graph, and rounds grow with its logarithm."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from tests.linking_project import LinkingProject

Edges = list[tuple[int, int]]
LONG = 100_000


def components_of(edges: Edges) -> dict[int, int]:
    """The smallest member of each vertex's component, by scipy."""
    vertices, place = np.unique(np.array(edges).flatten(), return_inverse=True)
    lows, highs = place.reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(lows)), (lows, highs)), shape=(len(vertices),) * 2)
    _, labels = connected_components(graph, directed=False)
    smallest = np.full(labels.max() + 1, vertices.max())
    np.minimum.at(smallest, labels, vertices)
    return {
        int(vertex): int(smallest[label]) for vertex, label in zip(vertices, labels, strict=True)
    }


class Graph:
    """A project whose records are vertices, and whose identifiers are edges."""

    def __init__(self, project: LinkingProject) -> None:
        self.project = project

    def link(self, edges: Edges) -> tuple[dict[int, int], int]:
        """The component of each vertex that has a neighbour, and the rounds it took."""
        self.project.write("edges", "low, high", edges)
        (rounds,) = self.project.link("--full-refresh")
        return self.project.components(), rounds


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    project = LinkingProject(tmp_path_factory.mktemp("components"))
    models = project.folder / "models"
    for model in models.glob("*.sql"):
        if model.stem != "identity_components":
            model.unlink()
    (models / "identity_components.sql").write_text(
        "{{ config(materialized='connected_components', scope='edges', distinctions='nothing') }}"
        "-- depends_on: {{ ref('edges') }} {{ ref('nothing') }}\n"
        "select * from {{ ref('edges') }}"
    )
    (models / "edges.sql").write_text(
        """
        with edges as (select *, low || '-' || high as identifier_value from raw.edges)
        select
            record_number, 'edge' as identifier_type, identifier_value, 5 as strength,
            {{ identifier_hashes("'edge'", 'identifier_value') }}
        from (
            select low as record_number, identifier_value from edges
            union all
            select high as record_number, identifier_value from edges where low <> high
        ) as ends
        """
    )
    (models / "nothing.sql").write_text(
        "select 1 as record_number, '' as distinction, '' as distinct_value, 1 as distinct_hash,"
        " 4 as outweighs, false as oldest_keeps where 1 = 0"
    )
    project.execute("create table raw.edges (low bigint, high bigint)")
    return Graph(project)


def random_graphs(seed: int, count: int) -> Edges:
    """Many graphs of all densities in one table, each in a range of numbers of its own."""
    source = random.Random(seed)
    edges: Edges = []
    for graph in range(count):
        size = source.randint(2, 40)
        for _ in range(source.randint(1, size * 2)):
            low, high = source.sample(range(1, size + 1), 2)
            edges.append((graph * 100 + low, graph * 100 + high))
    return edges


# One build links a hundred graphs at a time: a graph a build would take minutes.
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(min_value=0))
@pytest.mark.long
def test_two_hundred_random_graphs_have_the_components_of_scipy(graph: Graph, seed: int) -> None:
    edges = random_graphs(seed, 100)
    components, _ = graph.link(edges)
    assert components == components_of(edges)


def test_row_order_and_direction_never_matter(graph: Graph) -> None:
    edges = random_graphs(3, 50)
    straight, _ = graph.link(edges)
    turned, _ = graph.link([(high, low) for low, high in reversed(edges)])
    assert straight == turned


def path(length: int) -> Edges:
    return [(number, number + 1) for number in range(1, length)]


def hub(spokes: int) -> Edges:
    return [(1, number) for number in range(2, spokes)]


@pytest.mark.parametrize(
    "edges",
    [
        path(5000),
        pytest.param(path(LONG), marks=pytest.mark.long),
        pytest.param([(high, low) for low, high in reversed(path(LONG))], marks=pytest.mark.long),
        pytest.param(hub(LONG), marks=pytest.mark.long),
    ],
    ids=["path", "long path", "long path backwards", "large hub"],
)
def test_long_chains_and_hubs_converge_in_a_few_rounds(graph: Graph, edges: Edges) -> None:
    components, rounds = graph.link(edges)
    assert set(components.values()) == {1}
    assert components.keys() == {vertex for edge in edges for vertex in edge}
    assert rounds <= 19


def test_records_that_share_nothing_have_no_row(graph: Graph) -> None:
    components, rounds = graph.link([(7, 7)])
    assert components == {}
    assert rounds == 1


def test_values_of_one_hash_are_still_two_values(graph: Graph) -> None:
    edges = graph.project.folder / "models" / "edges.sql"
    honest = edges.read_text()
    as_one = (
        "5 as identifier_hash,"
        """ {{ number_of_text("'edge'", 'identifier_value') }} as identifier_check"""
    )
    edges.write_text(re.sub(r"{{ identifier_hashes.*}}", as_one, honest))
    try:
        components, _ = graph.link([(1, 2), (3, 4), (4, 5)])
    finally:
        edges.write_text(honest)
    assert components == {1: 1, 2: 1, 3: 3, 4: 3, 5: 3}
