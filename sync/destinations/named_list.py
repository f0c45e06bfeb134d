"""A list of an e-mail tool, which an exposure names by its number or its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sync.changes import Finding, SetupStep
from sync.errors import AccessRefused, DestinationError
from sync.http import HttpClient

KIND = "a list"


class NamedList:
    """Looks a list up among those at a path, a page of `page` at a time. It makes none."""

    def __init__(
        self, http: HttpClient, service: str, path: str, wanted: str, *, page: int
    ) -> None:
        self._http = http
        self._service = service
        self._path = path
        self._wanted = wanted.strip()
        self._page = page
        self._number: int | None = None

    def number(self) -> int:
        """Give the number of the list. Raises AccessRefused where it is not just one."""
        if self._number is None:
            found = self._found()
            if problem := self._problem(found):
                raise AccessRefused(f"{self._service}, list {self._wanted}: {problem}")
            self._number = int(found[0])
        return self._number

    def finding(self) -> Finding:
        """Look, for a check."""
        problem = self._problem(self._found())
        detail = problem or "can be read; a right to write shows at a write"
        return Finding("list", ok=not problem, detail=detail)

    def step(self) -> SetupStep:
        """Look, for a setup."""
        problem = self._problem(self._found())
        return SetupStep(self._wanted, "conflict" if problem else "exists", problem or KIND)

    def _problem(self, found: list[str]) -> str | None:
        if not found:
            return f"there is none. Make it in {self._service}, or check sync.settings.list."
        return "several are called so. Give the number of one." if len(found) > 1 else None

    def _found(self) -> list[str]:
        key = "id" if self._wanted.isascii() and self._wanted.isdigit() else "name"
        return [str(one.get("id")) for one in self._lists() if str(one.get(key)) == self._wanted]

    def _lists(self) -> Iterator[Mapping[str, object]]:
        start, size = 0, self._page
        while size == self._page:
            query = {"limit": str(self._page), "offset": str(start)}
            lists = self._http.get(self._path, query=query).get("lists", [])
            if not isinstance(lists, list):
                raise DestinationError(f"{self._service} does not say which lists it has.")
            yield from (one for one in lists if isinstance(one, Mapping))
            size = len(lists)
            start += size
