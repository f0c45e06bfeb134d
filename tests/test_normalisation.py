"""Addresses, numbers, names and countries: known values, and twice is the same as once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.normalisation import KINDS, country_names, failures, query, vectors

Rows = list[tuple[str, str | None, str | None]]

# Any text, and text of the characters on which something depends.
PIECES = ["@", ".", "+", "-", "0", "00", "(0)", "1", "44", "x", "ext", "A", "é", "Ä", "ß", "İ",
          "K", "Σ", "\u0301", "\u00a0", "\u200b", "\u3000", "＠", "７", "<", ">", "'", '"', ",",
          "mailto:", "example", ".com", "www.", "https://", "/", " ", "\n", "n/a", "test", "null",
          "+49", "030", "23125000", "+390", "8495", "1234567"]  # fmt: skip
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12),
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join),
)
COUNTRIES = st.sampled_from(["", "US", "GB", "DE", "IT", "RU", "HU", "BY", "FR", "Utopia"])
# A zero after the calling code is a trunk prefix that somebody typed.
NUMBERS = st.from_regex(r"\+(44|49|33|36|7)[1-9]0[1-9]{7}", fullmatch=True)
BATCHES = st.lists(st.tuples(TEXTS, COUNTRIES), min_size=40, max_size=60)


Run = Callable[[str, list[tuple[str, str]]], Rows]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with duckdb.connect() as database:
        database.execute(country_names("duckdb"))
        yield lambda kind, batch: database.execute(query(kind, batch, "duckdb")).fetchall()


@pytest.mark.parametrize("kind", KINDS)
def test_known_values_come_out_as_listed(kind: str, run: Run) -> None:
    listed = [(text, country) for text, country, _ in vectors(kind)]
    assert len(listed) > 15
    assert failures(kind, run(kind, listed)) == []


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=6, deadline=None)
@given(batch=BATCHES)
def test_normalising_twice_is_the_same_as_once(
    kind: str, run: Run, batch: list[tuple[str, str]]
) -> None:
    changed = [(once, twice) for _, once, twice in run(kind, batch) if once != twice]
    assert changed == []


@settings(max_examples=6, deadline=None)
@given(batch=st.lists(st.tuples(NUMBERS, COUNTRIES), min_size=40, max_size=60))
def test_a_number_in_e164_is_the_same_in_every_country(
    run: Run, batch: list[tuple[str, str]]
) -> None:
    assert {number for _, number, _ in run("phone", batch)} == {number for number, _ in batch}
