"""One tab of a spreadsheet: which column is which, where each key is, and how it is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sync.changes import Field, SetupStep
from sync.errors import AccessRefused, Ambiguous
from sync.http import HttpClient

Cell = str | int | float | bool
SETUP = "`decile setup google_sheets`"
ROWS, COLUMNS = 1000, 26  # of a new tab; rows are added a thousand at a time


@dataclass(frozen=True)
class Grid:
    """The size of a tab."""

    id: int
    rows: int
    columns: int
    frozen: int


@dataclass(frozen=True)
class Table:
    """What a tab holds: columns by title and rows by key, both from 1; `last` has a key."""

    columns: Mapping[str, int]
    rows: Mapping[str, Sequence[int]]
    last: int


class Tab:
    """A tab, by its title. The first row is its header."""

    def __init__(self, http: HttpClient, spreadsheet: str, title: str) -> None:
        self._http = http
        self._path = f"/v4/spreadsheets/{quote(spreadsheet, safe='')}"
        self._title = title
        self._quoted = "'" + title.replace("'", "''") + "'"

    def grids(self) -> dict[str, Grid]:
        """Give the tabs of the spreadsheet by title."""
        query = {"fields": "sheets.properties(sheetId,title,gridProperties)"}
        sheets = self._http.get(self._path, query=query).get("sheets")
        found = {}
        for sheet in sheets if isinstance(sheets, list) else []:
            properties = sheet["properties"]
            size = properties.get("gridProperties", {})
            found[str(properties["title"])] = Grid(
                int(properties["sheetId"]),
                int(size.get("rowCount", 0)),
                int(size.get("columnCount", 0)),
                int(size.get("frozenRowCount", 0)),
            )
        return found

    def grid(self) -> Grid:
        """Give the size of this tab."""
        grid = self.grids().get(self._title)
        if grid is None:
            raise AccessRefused(f"Google Sheets: there is no tab {self._title}. {SETUP} makes it.")
        return grid

    def header(self) -> list[str]:
        """Give the titles of the columns."""
        return [str(cell) for cell in self._values("1:1", "ROWS")]

    def read(self, key_column: str, titles: Iterable[str]) -> Table:
        """Find the columns and the rows."""
        header = self.header()
        for title in (key_column, *titles):
            if header.count(title) != 1:
                count = "twice" if title in header else "not there"
                raise AccessRefused(
                    f"Google Sheets: the column {title} is {count}. {SETUP} adds what is missing."
                )
        columns = {title: number for number, title in enumerate(header, start=1)}
        letters = letters_of(columns[key_column])
        rows: dict[str, list[int]] = {}
        keys = self._values(f"{letters}:{letters}", "COLUMNS")
        for number, key in enumerate(keys[1:], start=2):
            if key != "":
                rows.setdefault(str(key), []).append(number)
        return Table(columns, rows, max(len(keys), 1))

    def write(self, rows: Sequence[tuple[int, Mapping[int, Cell]]]) -> None:
        """Set cells of rows, each a number and its cells by column. All are written, or none."""
        data = [
            {
                "range": f"{self._quoted}!{letters_of(run[0])}{number}:"
                f"{letters_of(run[-1])}{number}",
                "majorDimension": "ROWS",
                "values": [[cells[column] for column in run]],
            }
            for number, cells in rows
            for run in runs(cells)
        ]
        # RAW: what looks like a formula stays text.
        body = {"valueInputOption": "RAW", "data": data}
        answer = self._http.post(f"{self._path}/values:batchUpdate", body, idempotent=True)
        done = answer.get("responses")
        if not isinstance(done, list) or len(done) != len(data):
            raise Ambiguous("Google Sheets answered 200 without saying that all was written.")

    def grow(self, rows: int) -> None:
        """Make sure that there are so many rows. Repeated, it adds empty ones."""
        grid = self.grid()
        if rows > grid.rows:
            length = -(-(rows - grid.rows) // ROWS) * ROWS
            self._update([_append(grid, "ROWS", length)], idempotent=True)

    def delete(self, rows: Iterable[int]) -> None:
        """Take rows out, those below move up. Repeated, it would take others."""
        numbers, grid = sorted(set(rows), reverse=True), self.grid()
        # A tab has to keep one row that is not frozen.
        spare = [_append(grid, "ROWS", 1)] if grid.rows - len(numbers) <= grid.frozen else []
        requests = [
            {
                "deleteDimension": {
                    "range": {
                        "sheetId": grid.id,
                        "dimension": "ROWS",
                        "startIndex": number - 1,
                        "endIndex": number,
                    }
                }
            }
            for number in numbers
        ]
        self._update([*spare, *requests], idempotent=False)

    def plan(self, key_column: str, fields: Sequence[Field]) -> list[SetupStep]:
        """Compare with what is needed, without changing anything."""
        titles = list(dict.fromkeys([key_column, *(field.name for field in fields)]))
        grid = self.grids().get(self._title)
        header = self.header() if grid else []
        steps = [SetupStep(self._title, "exists" if grid else "create", "tab")]
        is_frozen = grid is not None and grid.frozen > 0
        steps.append(SetupStep("header", "exists" if is_frozen else "create", "first row, frozen"))
        return steps + [_step(title, header.count(title)) for title in titles]

    def apply(self, key_column: str, fields: Sequence[Field]) -> list[SetupStep]:
        """Make the tab, its header, and the columns that are missing, on the right."""
        steps = self.plan(key_column, fields)
        missing = [step.name for step in steps[2:] if step.action == "create"]
        if steps[0].action == "create":
            size = {"rowCount": ROWS, "columnCount": max(COLUMNS, len(missing))}
            properties = {"title": self._title, "gridProperties": {**size, "frozenRowCount": 1}}
            self._update([{"addSheet": {"properties": properties}}], idempotent=False)
        elif steps[1].action == "create":
            size = {"frozenRowCount": 1}
            sheet = {"sheetId": self.grid().id, "gridProperties": size}
            change = {"properties": sheet, "fields": "gridProperties.frozenRowCount"}
            self._update([{"updateSheetProperties": change}], idempotent=True)
        if missing:
            header, grid = self.header(), self.grid()
            beyond = len(header) + len(missing) - grid.columns
            if beyond > 0:
                self._update([_append(grid, "COLUMNS", beyond)], idempotent=True)
            self.write([(1, dict(enumerate(missing, start=len(header) + 1)))])
        return steps

    def _values(self, cells: str, dimension: str) -> list[object]:
        """Give the values of one row or one column."""
        path = f"{self._path}/values/{quote(f'{self._quoted}!{cells}', safe='')}"
        query = {"majorDimension": dimension, "valueRenderOption": "UNFORMATTED_VALUE"}
        values = self._http.get(path, query=query).get("values")
        return list(values[0]) if isinstance(values, list) and values else []

    def _update(self, requests: Sequence[object], *, idempotent: bool) -> None:
        body = {"requests": list(requests)}
        self._http.post(f"{self._path}:batchUpdate", body, idempotent=idempotent)


def _append(grid: Grid, dimension: str, length: int) -> dict[str, object]:
    return {"appendDimension": {"sheetId": grid.id, "dimension": dimension, "length": length}}


def _step(title: str, count: int) -> SetupStep:
    if count > 1:
        return SetupStep(title, "conflict", "two columns have this title. Rename one.")
    return SetupStep(title, "exists" if count else "create", "column")


def letters_of(column: int) -> str:
    """Give the letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def runs(columns: Iterable[int]) -> Iterator[list[int]]:
    """Give columns in runs without a gap: what lies between is somebody else's."""
    run: list[int] = []
    for column in sorted(columns):
        if run and column != run[-1] + 1:
            yield run
            run = []
        run.append(column)
    if run:
        yield run
