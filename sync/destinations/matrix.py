"""The tables of docs/destinations.md, from the registry: python -m sync.destinations.matrix."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from sync.changes import Capabilities, Mode
from sync.config_problems import can
from sync.destinations import DESTINATIONS
from sync.destinations.connection import Connector

DOCUMENT = Path(__file__).parents[2] / "docs" / "destinations.md"
START, END = "<!-- made by sync.destinations.matrix: start -->", "<!-- end -->"
REMOVALS = {"delete": "deletes the row", "clear": "clears the fields we sent", None: "–"}


def tables() -> str:
    """Give both tables in Markdown: which modes each destination has, and its limits."""
    modes: tuple[Mode, ...] = get_args(Mode)
    kinds = [
        (name, object_, connector, connector.objects[object_])
        for name, connector in sorted(DESTINATIONS.items())
        for object_ in sorted(connector.objects)
    ]
    have = [
        [_link(name), object_, *("yes" if can(kind.capabilities, mode) else "–" for mode in modes)]
        for name, object_, _, kind in kinds
    ]
    limits = [
        [_link(name), object_, *_limits(kind.capabilities), _needs(connector)]
        for name, object_, connector, kind in kinds
    ]
    heads = ["object", "rows a batch", "rows a call", "calls per 10,000", "rows a second"]
    heads += ["batches at once"]
    heads += ["a removal", "erases", "consent", "real with"]
    return f"{_table(['', 'object', *modes], have)}\n\n{_table(['', *heads], limits)}"


def written() -> str:
    """Give the document with the tables as they should be."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(START)
    return f"{before}{START}\n\n{tables()}\n\n{END}{rest.split(END)[1]}"


def _limits(able: Capabilities) -> list[str]:
    return [
        f"{able.max_batch:,}",
        f"{able.rows_per_call or able.max_batch:,}",
        f"{-(-10_000 // (able.rows_per_call or able.max_batch)):,}",
        f"{able.rows_per_second:,.10g}",
        str(able.max_in_flight),
        REMOVALS[able.removal],
        "yes" if able.erases else "–",
        able.consent or "–",
    ]


def _needs(connector: Connector) -> str:
    return " and ".join(f"`{name}`" for name in connector.needs)


def _link(name: str) -> str:
    return f"[`{name}`]({name}.md)"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    DOCUMENT.write_text(written(), encoding="utf-8")
