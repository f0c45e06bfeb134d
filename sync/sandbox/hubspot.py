"""The part of the sandbox that is HubSpot: its token, and the endpoint behind a path."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from sync.sandbox import contacts, lists, schema
from sync.sandbox.faults import Fault, failing
from sync.sandbox.replies import Reply, Request, no_such_method, problem, unauthorised
from sync.sandbox.rules import (
    GdprDelete,
    NewGroup,
    NewProperty,
    ReadBatch,
    WriteBatch,
    WriteRow,
    explain,
    parse,
)
from sync.sandbox.service import Limit, Service, owner_number
from sync.sandbox.store import Store

VERSIONS = frozenset({"2026-03", "2026-09"})
ACCOUNT = re.compile(rf"/account-info/({'|'.join(VERSIONS)})/details")
LISTS = re.compile(r"/crm/lists/(\d{4}-\d{2})(?:/(.+))?")
PATH = re.compile(r"/crm/(objects|properties)/(\d{4}-\d{2})/(?:contacts|0-1)(?:/(.+))?")


class HubSpot(Service):
    """Answers under /crm/ and /account-info/. The token of the sandbox is its service key."""

    name = "hubspot"
    prefix = ("/crm/", "/account-info/")

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the token."""
        given = request.headers.get("authorization", "")
        if not secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return unauthorised("INVALID_AUTHENTICATION")
        return None

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the rows of a write; a body that is none has no rows."""
        try:
            if request.path.endswith(("/batch/update", "/batch/upsert")):
                return parse(WriteBatch, request.body).inputs
            if request.path.endswith("/gdpr-delete"):
                return [WriteRow(id=parse(GdprDelete, request.body).objectId, properties={})]
            if request.path.endswith("/add-and-remove"):
                given = parse(lists.Memberships, request.body)
                ids = given.recordIdsToAdd + given.recordIdsToRemove
                return [WriteRow(id=one, properties={}) for one in ids]
        except ValidationError:
            pass
        return []

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if request.method == "GET" and ACCOUNT.fullmatch(request.path):
            return Reply(200, {"portalId": owner_number(self._token), "accountType": "SANDBOX"})
        found = PATH.fullmatch(request.path)
        of_lists = LISTS.fullmatch(request.path)
        version = found[2] if found else of_lists[1] if of_lists else None
        if version not in VERSIONS:
            return problem(404, "NOT_FOUND", "There is nothing at this path.")
        try:
            if of_lists:
                refused = failing(struck, self.rows(request))
                return lists.answer(self._store, request, of_lists[2] or "", refused)
            assert found  # noqa: S101  (for mypy: there is a version)
            area, _, rest = found.groups()
            if area == "properties":
                return self._schema(request, rest or "")
            return self._contacts(request, rest or "", struck)
        except ValidationError as error:
            return problem(400, "VALIDATION_ERROR", f"Invalid input JSON: {explain(error)}")

    def limit_headers(self, limit: Limit, *, recent: int, today: int) -> Mapping[str, str]:
        """Say how much of a limit is left."""
        headers = {}
        if limit.calls is not None:
            headers["Max"] = limit.calls
            headers["Remaining"] = limit.calls - recent
            headers["Interval-Milliseconds"] = round(limit.seconds * 1000)
        if limit.daily is not None:
            headers["Daily"] = limit.daily
            headers["Daily-Remaining"] = limit.daily - today
        return {f"X-HubSpot-RateLimit-{name}": str(value) for name, value in headers.items()}

    def _contacts(self, request: Request, rest: str, struck: Sequence[Fault]) -> Reply:
        match request.method, rest:
            case "POST", "batch/update" | "batch/upsert":
                batch = parse(WriteBatch, request.body)
                refused = failing(struck, batch.inputs)
                upsert = rest == "batch/upsert"
                return contacts.write(self._store, batch, upsert=upsert, failing=refused)
            case "POST", "batch/read":
                return contacts.read(self._store, parse(ReadBatch, request.body))
            case "POST", "gdpr-delete":
                return contacts.erase(self._store, parse(GdprDelete, request.body))
            case "GET", _ if rest and "/" not in rest:
                return contacts.get(self._store, request, rest)
        return no_such_method()

    def _schema(self, request: Request, rest: str) -> Reply:
        match request.method, rest.split("/"):
            case "GET", [""]:
                return schema.list_all(self._store, "properties")
            case "GET", ["groups"]:
                return schema.list_all(self._store, "groups")
            case "GET", ["groups", name]:
                return schema.get(self._store, "groups", name)
            case "GET", [name]:
                return schema.get(self._store, "properties", name)
            case "POST", ["groups"]:
                return schema.create_group(self._store, parse(NewGroup, request.body))
            case "POST", [""]:
                return schema.create_property(self._store, parse(NewProperty, request.body))
        return no_such_method()
