"""The customer list of a Google Ads destination: found by its id or its name, made by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sync.changes import Field, Finding, SetupStep
from sync.destinations.google_ads_rows import FIELDS
from sync.errors import AccessRefused
from sync.http import HttpClient

DAY = 86_400
# Only changes are sent, so a shorter time would let go of whoever does not change.
LONGEST_DAYS = 540


class UserList:
    """One list of an account, by its id or its name; `manager` is the account it is seen by."""

    def __init__(self, http: HttpClient, customer: str, named: str, *, manager: str = "") -> None:
        self._http = http
        self._customer = customer
        self._manager = manager
        self._named = named
        self._lists = f"/v1/accountTypes/GOOGLE_ADS/accounts/{customer}/userLists"
        self._found: str | None = named if named.isdigit() else None

    def destination(self, reference: str) -> dict[str, object]:
        """Say where members go, under a name of ours."""
        self._found = self._found or self._by_name()
        if self._found is None:
            raise AccessRefused(
                "Google Ads: the account has no list of the name in sync.settings.user_list."
                " `decile setup google_ads` creates it."
            )
        manager = {"loginAccount": _account(self._manager)} if self._manager else {}
        return {
            "reference": reference,
            "operatingAccount": _account(self._customer),
            **manager,
            "productDestinationId": self._found,
        }

    def plan(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say whether the list is there, and which fields Google does not know."""
        there = self._found or self._by_name()
        step = (
            SetupStep("list", "exists", f"id {there}")
            if there
            else SetupStep("list", "create", f"a customer list, members for {LONGEST_DAYS} days")
        )
        return [step, *map(_field_step, fields)]

    def apply(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the list if it is named and not there."""
        steps = self.plan(fields)
        if steps[0].action == "create":
            body = {
                "displayName": self._named,
                "membershipDuration": f"{LONGEST_DAYS * DAY}s",
                "ingestedUserListInfo": {
                    "uploadKeyTypes": ["CONTACT_ID"],
                    "contactIdInfo": {"dataSourceType": "DATA_SOURCE_TYPE_FIRST_PARTY"},
                },
            }
            # Not again after a lost answer: there would be two of the name.
            self._found = _id(self._http.post(self._lists, body, idempotent=False))
        return steps

    def check(self) -> list[Finding]:
        """Read the list."""
        there = self._found or self._by_name()
        token = Finding("token", ok=True, detail="accepted")
        if there is None:
            missing = "not there: `decile setup google_ads` creates it"
            return [token, Finding("list", ok=False, detail=missing)]
        found = self._get(f"{self._lists}/{there}", {})
        is_open = found.get("membershipStatus", "OPEN") == "OPEN" and not found.get("readOnly")
        detail = "can be read, and is open" if is_open else "is closed, or may only be read"
        return [token, Finding("list", ok=is_open, detail=detail)]

    def _by_name(self) -> str | None:
        query = {"pageSize": "100"}
        while True:
            answer = self._get(self._lists, query)
            items = answer.get("userLists")
            for item in items if isinstance(items, list) else []:
                if item.get("displayName") == self._named:
                    return _id(item)
            following = answer.get("nextPageToken")
            if not following:
                return None
            query = {**query, "pageToken": str(following)}

    def _get(self, path: str, query: Mapping[str, str]) -> Mapping[str, object]:
        return self._http.send("GET", path, query=query, idempotent=True).body or {}


def _account(number: str) -> dict[str, str]:
    return {"accountType": "GOOGLE_ADS", "accountId": number}


def _id(item: Mapping[str, object]) -> str | None:
    return str(item.get("id") or str(item.get("name") or "").rsplit("/", 1)[-1]) or None


def _field_step(field: Field) -> SetupStep:
    if field.name in FIELDS:
        return SetupStep(field.name, "exists", "a part of every list")
    return SetupStep(field.name, "conflict", f"not one of {', '.join(FIELDS)}")
