"""Queries that run the macros of the normalisation over values, on any engine.

tests/data/normalisation.csv holds what must come out; in its cells \\u00a0 is that character.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.rendered import macros

ROOT = Path(__file__).parents[1]
VECTORS = ROOT / "tests" / "data" / "normalisation.csv"
CALLING_CODES = ROOT / "seeds" / "policy" / "calling_codes.csv"
KINDS = ("email", "phone", "name", "name_key", "country", "domain")


def vectors(kind: str) -> list[tuple[str, str, str]]:
    """Each value of a kind with its country and with what must come out, empty for null."""
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return [
            (unescaped(row["given"]), row["country"], row["expected"])
            for row in csv.DictReader(file)
            if row["kind"] == kind
        ]


def unescaped(cell: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), cell)


def country_names(engine: str) -> str:
    """A statement that makes the table of the model of that name, from the seed."""
    with CALLING_CODES.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return (
        "create temporary table country_names as"
        f" select distinct {macros(engine)['country_key']('country_name')} as country_key,"
        " country_code, calling_code, trunk_prefix,"
        f" cast(national_digits as integer) as national_digits from {listed(header, rows)}"
    )


def query(kind: str, given: Iterable[tuple[str, str]], engine: str) -> str:
    """A select of position, result, and result where the result goes through again."""
    values = [(str(place), *pair) for place, pair in enumerate(given)]
    return (
        f"with read_0 as (select * from {listed(['place', 'given', 'country'], values)}),"
        f" {step(kind, 1, engine)}, {step(kind, 2, engine)}"
        " select read_1.place, read_1.given, read_2.given from read_1"
        " inner join read_2 on read_1.place = read_2.place"
    )


def listed(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
    return f"(values {lines}) as listed ({', '.join(columns)})"


def literal(text: str) -> str:
    return "cast(null as varchar)" if text == "" else "'" + text.replace("'", "''") + "'"


def step(kind: str, number: int, engine: str) -> str:
    """One normalisation of what the step before it gave."""
    macro = macros(engine)
    looked_up = "given" if kind == "country" else "country"
    results = {
        "email": macro["normalize_email"]("given"),
        "phone": macro["normalize_phone"]("digits", "dialling"),
        "name": macro["normalize_name"]("given"),
        "name_key": macro["name_key"]("given"),
        "country": "dialling.country_code",
        "domain": macro["url_domain"]("given"),
    }
    return (
        f"read_{number} as (select place, {results[kind]} as given, country"
        f" from (select *, {macro['phone_digits']('given')} as digits from read_{number - 1})"
        " as rows_before left join country_names as dialling"
        f" on {macro['country_key'](looked_up)} = dialling.country_key)"
    )


def failures(kind: str, rows: Iterable[tuple[str, str | None, str | None]]) -> list[str]:
    """What came out otherwise than the file says, or than itself when it went in again."""
    found = {int(place): {once or "", twice or ""} for place, once, twice in rows}
    return [
        f"{kind} {given!r} in {country or 'no country'}: {found[place]}, not {expected!r}"
        for place, (given, country, expected) in enumerate(vectors(kind))
        if found[place] != {expected}
    ]
