"""Read the CSVs under seeds/ strictly, so that a broken row is told with its file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

UNCLOSED = 'has a quote that is not closed, or text after a closing one; allowed: "say ""so"""'


@dataclass(frozen=True)
class RuleProblem:
    """One mistake. `row` is the line of the file, the header being row 1."""

    file: str
    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, {self.column}: {self.message}"


@dataclass(frozen=True)
class Row:
    """A row of a seed; an empty cell is an empty text."""

    file: str
    number: int
    cells: Mapping[str, str]

    def problem(self, column: str, message: str) -> RuleProblem:
        """Tell what is wrong with one of its cells."""
        return RuleProblem(self.file, self.number, column, message)


@dataclass(frozen=True)
class Seed:
    """A CSV as it was read: its rows, and what kept others from being rows."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[RuleProblem, ...]


def read_seed(path: Path, name: str) -> Seed:
    """Read a CSV strictly; a broken row is a problem and not a row."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = RuleProblem(name, line, "(row)", "is not UTF-8; save the file as CSV UTF-8")
        return Seed(name, (), (), (found,))

    rows: list[Row] = []
    problems: list[RuleProblem] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: tuple[str, ...] = ()
    line = 1
    try:
        for cells in reader:
            if not header:
                header = tuple(cells)
            elif cells and len(cells) != len(header):
                message = f"has {len(cells)} cells; the header has {len(header)} columns"
                problems.append(RuleProblem(name, line, "(row)", message))
            elif cells:
                rows.append(Row(name, line, dict(zip(header, cells, strict=True))))
            line = reader.line_num + 1
    except csv.Error:
        problems.append(RuleProblem(name, line, "(row)", UNCLOSED))
    if not header or not all(header) or len(set(header)) < len(header):
        message = "needs a name for every column, and each name once"
        problems.append(RuleProblem(name, 1, "(header)", message))
    return Seed(name, header, tuple(rows), tuple(problems))
