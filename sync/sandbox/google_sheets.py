"""The part of the sandbox that is Google Sheets. A spreadsheet that is asked for is there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import unquote

from pydantic import Field, ValidationError

from sync.sandbox.faults import Fault, failing
from sync.sandbox.google_login import give_token
from sync.sandbox.replies import Refused, Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, parse
from sync.sandbox.service import Limit, Policy, Service
from sync.sandbox.store import Store

PREFIX = "/google_sheets/"
TOKEN = "/google_sheets/token"  # noqa: S105  (a path)
SCOPE = "https://www.googleapis.com/auth/spreadsheets"
FORM = "application/x-www-form-urlencoded"
PATH = re.compile(r"/google_sheets/v4/spreadsheets/([^/:]+)(:batchUpdate|/values(?:/|:).+)?")
RANGE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!([A-Z]*)(\d*)(?::([A-Z]*)(\d*))?")
MAX_CELL = 50_000
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}

Sheet = dict[str, Any]
Cell = str | int | float | bool | None


class Values(Strict):
    """The cells of a range."""

    range: Text
    majorDimension: Literal["ROWS"] = "ROWS"
    values: Annotated[list[list[Cell]], Field(min_length=1)]


class WriteValues(Strict):
    """The body of values:batchUpdate."""

    valueInputOption: Literal["RAW", "USER_ENTERED"]
    data: Annotated[list[Values], Field(min_length=1)]


class Changes(Strict):
    """The body of batchUpdate."""

    requests: Annotated[list[dict[str, dict[str, Any]]], Field(min_length=1)]


class GoogleSheets(Service):
    """Answers under /google_sheets/. Any signed claim of the right form gets a token."""

    name = "google_sheets"
    prefix = PREFIX
    media_types: ClassVar[frozenset[str]] = frozenset({"application/json", FORM})

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = f"ya29.{token}"

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the token."""
        if request.path == TOKEN:
            return None
        given = request.headers.get("authorization", "")
        if secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return None
        return self.unauthorised("")

    def is_limited(self, request: Request) -> bool:
        """Tokens are free."""
        return request.path != TOKEN

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        said = {"code": status, "message": message, "status": STATUSES.get(status, "UNKNOWN")}
        return Reply(status, {"error": said})

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many."""
        return self.problem(429, "", "Quota exceeded for quota metric.")

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller whose token has run out."""
        return self.problem(401, "", "Request had invalid authentication credentials.")

    def limit_headers(self, limit: Limit, *, recent: int, today: int) -> Mapping[str, str]:
        """Say nothing: Google does not."""
        return {}

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the rows of a write below the header, each by what its first cell holds."""
        found = PATH.fullmatch(request.path)
        try:
            if not found or request.method != "POST":
                return []
            if found[2] == "/values:batchUpdate":
                data = parse(WriteValues, request.body).data
                cells = {_range(one.range)[2]: str(one.values[0][0]) for one in reversed(data)}
                return [
                    WriteRow(id=key or "?", properties={}) for row, key in cells.items() if row > 1
                ]
            if found[2] == ":batchUpdate":
                asked = parse(Changes, request.body).requests
                return [
                    WriteRow(id="?", properties={}) for one in asked if "deleteDimension" in one
                ]
        except (ValidationError, Refused):
            pass
        return []

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if (request.method, request.path) == ("POST", TOKEN):
            return give_token(request, self._token, SCOPE)
        found = PATH.fullmatch(request.path)
        if not found:
            return self.problem(404, "", "Requested entity was not found.")
        book, rest = found[1], found[2] or ""
        try:
            match request.method, rest:
                case "GET", "":
                    return self._describe(book)
                case "POST", ":batchUpdate":
                    return self._change(book, parse(Changes, request.body))
                case "POST", "/values:batchUpdate":
                    if failing(struck, self.rows(request)):
                        return self.problem(400, "", "Refused on request.")
                    return self._write(book, parse(WriteValues, request.body))
                case "GET", _ if rest.startswith("/values/"):
                    return self._read(book, unquote(rest.removeprefix("/values/")), request)
        except (ValidationError, KeyError, TypeError):
            return self.problem(400, "", "Invalid JSON payload received.")
        return self.problem(404, "", "Requested entity was not found.")

    def _sheets(self, book: str) -> dict[str, Sheet]:
        names = self._store.held_of(self.name, "tabs")
        return {
            tab["title"]: tab for name, tab in sorted(names.items()) if name.startswith(f"{book}/")
        } or {"Sheet1": _new("Sheet1", 0, {"rowCount": 1000, "columnCount": 26})}

    def _sheet(self, book: str, title: str) -> Sheet:
        sheet = self._sheets(book).get(title)
        if sheet is None:
            raise Refused(self.problem(400, "", f"Unable to parse range: {title}"))
        return sheet

    def _keep(self, book: str, sheet: Sheet) -> None:
        self._store.keep(self.name, "tabs", f"{book}/{sheet['title']}", sheet)

    def _describe(self, book: str) -> Reply:
        sheets = [
            {
                "properties": {
                    "sheetId": sheet["id"],
                    "title": title,
                    "gridProperties": {name: size for name, size in sheet["grid"].items() if size},
                }
            }
            for title, sheet in self._sheets(book).items()
        ]
        return Reply(200, {"sheets": sheets})

    def _read(self, book: str, cells: str, request: Request) -> Reply:
        title, column, row, last_column, last_row = _range(cells)
        values = self._sheet(book, title)["values"]
        dimension = request.query.get("majorDimension", "ROWS")
        taken = [
            line[(column or 1) - 1 : last_column] for line in values[(row or 1) - 1 : last_row]
        ]
        taken = _trimmed(taken)
        if dimension == "COLUMNS" and taken:
            width = max(map(len, taken))
            lines = [line + [""] * (width - len(line)) for line in taken]
            taken = _trimmed([list(part) for part in zip(*lines, strict=True)])
        body = {"range": cells, "majorDimension": dimension, **({"values": taken} if taken else {})}
        return Reply(200, body)

    def _write(self, book: str, body: WriteValues) -> Reply:
        responses = []
        titles = dict.fromkeys(_range(one.range)[0] for one in body.data)
        sheets = {title: self._sheet(book, title) for title in titles}
        for one in body.data:
            title, column, row, last_column, last_row = _range(one.range)
            sheet = sheets[title]
            size = (last_column - column + 1, last_row - row + 1)
            if (max(map(len, one.values)), len(one.values)) > size:
                raise Refused(self.problem(400, "", "Requested writing within range."))
            if last_row > sheet["grid"]["rowCount"] or last_column > sheet["grid"]["columnCount"]:
                raise Refused(self.problem(400, "", f"{one.range} exceeds grid limits."))
            for number, line in enumerate(one.values, start=row - 1):
                self._set(sheet["values"], number, column - 1, line)
            responses.append({"updatedRange": one.range, "updatedRows": len(one.values)})
        for sheet in sheets.values():
            self._keep(book, sheet)
        return Reply(200, {"spreadsheetId": book, "responses": responses})

    def _set(self, values: list[list[Cell]], row: int, column: int, cells: Sequence[Cell]) -> None:
        values.extend([] for _ in range(row + 1 - len(values)))
        line = values[row]
        line.extend("" for _ in range(column + len(cells) - len(line)))
        for number, cell in enumerate(cells, start=column):
            if isinstance(cell, str) and len(cell) > MAX_CELL:
                raise Refused(self.problem(400, "", "A cell takes 50000 characters."))
            if cell is not None:  # null leaves a cell as it is
                line[number] = cell

    def _change(self, book: str, body: Changes) -> Reply:
        for request in body.requests:
            ((kind, asked),) = request.items()
            if kind == "addSheet":
                self._add(book, asked["properties"])
                continue
            self._alter(book, kind, asked)
        return Reply(200, {"spreadsheetId": book, "replies": [{} for _ in body.requests]})

    def _add(self, book: str, properties: dict[str, Any]) -> None:
        sheets = self._sheets(book)
        if properties["title"] in sheets:
            raise Refused(self.problem(400, "", "A sheet with this name already exists."))
        number = max(sheet["id"] for sheet in sheets.values()) + 1
        for sheet in sheets.values():
            self._keep(book, sheet)
        self._keep(book, _new(properties["title"], number, properties["gridProperties"]))

    def _alter(self, book: str, kind: str, asked: dict[str, Any]) -> None:
        place = asked["range"] if kind == "deleteDimension" else asked
        place = asked["properties"] if kind == "updateSheetProperties" else place
        named = [one for one in self._sheets(book).values() if one["id"] == place["sheetId"]]
        if not named:
            raise Refused(self.problem(400, "", "No grid with this id."))
        sheet, grid = named[0], named[0]["grid"]
        size = "rowCount" if place.get("dimension") == "ROWS" else "columnCount"
        match kind:
            case "appendDimension":
                grid[size] += asked["length"]
            case "updateSheetProperties" if asked["fields"] == "gridProperties.frozenRowCount":
                grid["frozenRowCount"] = place["gridProperties"]["frozenRowCount"]
            case "deleteDimension" if size == "rowCount":
                start, end = place["startIndex"], place["endIndex"]
                grid[size] -= end - start
                if end <= start or grid[size] <= grid.get("frozenRowCount", 0):
                    raise Refused(self.problem(400, "", "Not all non-frozen rows can be deleted."))
                del sheet["values"][start:end]
            case _:
                raise KeyError(kind)
        self._keep(book, sheet)


def _new(title: str, number: int, grid: Mapping[str, int]) -> Sheet:
    return {"id": number, "title": title, "grid": dict(grid), "values": []}


def _range(cells: str) -> tuple[str, int, int, int, int]:
    """Give tab, first column and row, last column and row, from 1; a gap in the last is no end."""
    found = RANGE.fullmatch(cells)
    if not found:
        said = {"code": 400, "message": "Unable to parse range", "status": STATUSES[400]}
        raise Refused(Reply(400, {"error": said}))
    quoted, plain, column, row, last_column, last_row = found.groups()
    title = quoted.replace("''", "'") if quoted else plain
    end = (last_column or "", last_row or "") if ":" in cells.split("!")[-1] else (column, row)
    return title, _number(column), int(row or 0), _number(end[0]) or 10**6, int(end[1] or 10**8)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _trimmed(lines: list[list[Cell]]) -> list[list[Cell]]:
    """Leave out what is empty at the ends, as Google does."""
    for line in lines:
        while line and line[-1] == "":
            line.pop()
    while lines and not lines[-1]:
        lines.pop()
    return lines
