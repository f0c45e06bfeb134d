"""The audience of a Meta destination: found by its id or its name, made by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.changes import Field, Finding, SetupStep
from sync.destinations.meta_rows import COLUMNS
from sync.errors import AccessRefused
from sync.http import HttpClient

WORKING = 200  # the operation_status of an audience with which all is well
PAGE = "100"


class Setup:
    """Looks for one audience of an ad account. `audience` is its id or its name."""

    def __init__(self, http: HttpClient, root: str, ad_account: str, audience: str) -> None:
        self._http = http
        self._root = root
        self._account = f"{root}/act_{ad_account}"
        self._named = audience
        self._found: str | None = audience if audience.isdigit() else None

    def audience(self) -> str:
        """Give the id of the audience. Raises AccessRefused where there is none."""
        self._found = self._found or self._by_name()
        if self._found is None:
            raise AccessRefused(
                "Meta: the ad account has no audience of the name in sync.settings.audience."
                " `decile setup meta` creates it."
            )
        return self._found

    def plan(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the audience is there, and which fields Meta does not know."""
        there = self._found or self._by_name()
        step = (
            SetupStep("audience", "exists", f"id {there}")
            if there
            else SetupStep("audience", "create", "a customer list that we provide")
        )
        return [step, *map(_field_step, fields)]

    def apply(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the audience if it is named and not there."""
        steps = self.plan(fields)
        if steps[0].action == "create":
            body = {
                "name": self._named,
                "subtype": "CUSTOM",
                "description": "Kept by Decile",
                "customer_file_source": "USER_PROVIDED_ONLY",
            }
            path = f"{self._account}/customaudiences"
            # Not again after a lost answer: there would be two of the name.
            answer = self._http.post(path, body, idempotent=False)
            self._found = str(answer.get("id") or "") or None
        return steps

    def check(self) -> list[Finding]:
        """Read the ad account and the audience."""
        self._get(self._account, {"fields": "id"})
        there = self._found or self._by_name()
        found = [
            Finding("token", ok=True, detail="accepted"),
            Finding("ad account", ok=True, detail="can be read"),
        ]
        if there is None:
            missing = "not there: `decile setup meta` creates it"
            return [*found, Finding("audience", ok=False, detail=missing)]
        answer = self._get(f"{self._root}/{there}", {"fields": "id,operation_status"})
        status = answer.get("operation_status")
        code = status.get("code", WORKING) if isinstance(status, Mapping) else WORKING
        detail = "can be read" if code == WORKING else f"is in operation status {code}"
        return [*found, Finding("audience", ok=code == WORKING, detail=detail)]

    def _by_name(self) -> str | None:
        query = {"fields": "id,name", "limit": PAGE}
        while True:
            answer = self._get(f"{self._account}/customaudiences", query)
            items = answer.get("data")
            for item in items if isinstance(items, list) else []:
                if item.get("name") == self._named:
                    return str(item["id"])
            paging = answer.get("paging")
            if not (isinstance(paging, Mapping) and paging.get("next")):
                return None
            query = {**query, "after": str(paging["cursors"]["after"])}

    def _get(self, path: str, query: Mapping[str, str]) -> Mapping[str, object]:
        return self._http.send("GET", path, query=query, idempotent=True).body or {}


def _field_step(field: Field) -> SetupStep:
    if field.name in COLUMNS:
        return SetupStep(field.name, "exists", "a column of every audience")
    return SetupStep(field.name, "conflict", f"not one of {', '.join(COLUMNS)}")
