"""Paste what commands print on the sample into the documents, between their markers.

A marker names its command: <!-- $ decile explain hubspot:1001 -->, up to <!-- end -->; a
transcript of several is printed by a module: <!-- $ python -m bench.faulty_run -->.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
WIDTH = "88"
LEADS_SHOWN = 3
BLOCK = re.compile(r"(<!-- \$ (?:decile|python -m) (.*?) -->\n)(.*?)(<!-- end -->)", re.S)
RECORDS = "Why these records are one"
LEAD = re.compile(r"^[0-9a-f]{8}\s")


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Give the commands of a document, each with what is pasted under it."""
    for found in BLOCK.finditer(text):
        yield found[2], found[3]


def pasted(command: str, *, project: Path = ROOT) -> str:
    """Run a command of decile, and give what a document shows of it."""
    program = ["-c", "from sync.cli import app; app()"]
    if command.startswith("bench."):
        program = ["-m"]
    printed = subprocess.run(
        [sys.executable, *program, *shlex.split(command)],
        cwd=project,
        env={
            **os.environ,
            "COLUMNS": "80" if command == "report" else WIDTH,
            "PYTHONPATH": str(ROOT),
        },
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    lines = [line.rstrip() for line in printed.strip("\n").splitlines()]
    cut = EXCERPTS.get(command.split()[0], list)
    return "\n".join(["```", *cut(lines), "```", ""])


def few_leads(report: list[str]) -> list[str]:
    """Cut the report before the lead that is one too many."""
    kept, leads = [], 0
    for line in report:
        leads += bool(LEAD.match(line))
        if leads > LEADS_SHOWN:
            break
        kept.append(line)
    return [*kept, "..."]


def scores_only(person: list[str]) -> list[str]:
    """Cut what explain says of a contact before its records, which docs/identity.md shows."""
    last = next(place for place, line in enumerate(person) if line.startswith(RECORDS))
    return [*person[:last], "..."]


EXCERPTS: dict[str, Callable[[list[str]], list[str]]] = {
    "report": few_leads,
    "explain": scores_only,
}


def main() -> None:
    """Run every command that a document shows, and replace what it shows of it."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        fresh = BLOCK.sub(lambda found: found[1] + pasted(found[2]) + found[4], text)
        if fresh != text:
            document.write_text(fresh, encoding="utf-8")
            print(f"{document.relative_to(ROOT)}: brought up to date")


if __name__ == "__main__":
    main()
