"""The part of the sandbox that is Marketo: leads, their fields, and the token.

It starts with the contacts of the sandbox as its leads: id and e-mail address.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import ClassVar
from uuid import uuid4

from pydantic import ValidationError

from sync.sandbox import marketo_lists
from sync.sandbox.faults import Fault, failing
from sync.sandbox.marketo_rules import Lead, Leads, NewFields, Sync, misfit
from sync.sandbox.replies import Refused, Reply, Request
from sync.sandbox.rules import WriteRow, parse
from sync.sandbox.service import Limit, Policy, Service
from sync.sandbox.store import Store

PREFIX = "/marketo/"
TOKEN = "/marketo/identity/oauth/token"  # noqa: S105  (a path)
LEADS = "/marketo/rest/v1/leads.json"
DELETE = "/marketo/rest/v1/leads/delete.json"
FIELDS = "/marketo/rest/v1/leads/schema/fields.json"
MAX_BODY = 1_000_000
STANDARD = {
    "id": "integer",
    "email": "email",
    "firstName": "string",
    "lastName": "string",
    "company": "string",
    "unsubscribed": "boolean",
}


class Marketo(Service):
    """Answers under /marketo/, nearly always with 200."""

    name = "marketo"
    prefix = PREFIX
    media_types: ClassVar[frozenset[str]] = frozenset({"application/json"})

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._secret = token
        self._token = f"access-{token}"

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the token, and a token to whom the secret is not known."""
        if request.path == TOKEN:
            if _same(request.query.get("client_secret", ""), self._secret):
                return None
            return Reply(401, {"error": "invalid_client", "error_description": "No such client."})
        if _same(request.headers.get("authorization", ""), f"Bearer {self._token}"):
            return None
        return _errors("601", "Access token invalid")

    def is_limited(self, request: Request) -> bool:
        """Tokens are free."""
        return request.path != TOKEN

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole: with 200, as far as Marketo itself speaks."""
        own = {400: "1001", 401: "601", 403: "603", 429: "606"}
        reply = _errors(own.get(status, str(status)), message)
        return reply if status in own else Reply(status, reply.body)

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many."""
        if policy == "DAILY":
            return _errors("607", "Daily quota reached")
        return _errors("606", "Max rate limit exceeded")

    def unauthorised(self, code: str) -> Reply:
        """Refuse a token that has run out."""
        return _errors("602", "Access token expired")

    def limit_headers(self, limit: Limit, *, recent: int, today: int) -> Mapping[str, str]:
        """Say nothing: Marketo does not."""
        return {}

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the leads of a write, by id or by the value that finds them."""
        try:
            if (request.method, request.path) == ("POST", LEADS):
                body = parse(Sync, request.body)
                names = [str(row.get(body.lookupField, "")) for row in body.input]
                return [WriteRow(id=name or "?", properties={}) for name in names]
            if request.path == DELETE or (
                request.method != "GET" and marketo_lists.PATH.fullmatch(request.path)
            ):
                leads = parse(Leads, request.body).input
                return [WriteRow(id=str(lead.id), properties={}) for lead in leads]
        except ValidationError:
            pass
        return []

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if len(request.body) > MAX_BODY:
            return Reply(413, "Request Entity Too Large", type="text/plain")
        try:
            match request.method, request.path:
                case "GET", path if path == TOKEN:
                    return Reply(200, {"access_token": self._token, "expires_in": 3599})
                case "POST", path if path == LEADS:
                    refused = failing(struck, self.rows(request))
                    return _spoiled(self._write(parse(Sync, request.body), refused), struck)
                case "GET", path if path == LEADS:
                    return self._find(request)
                case "POST", path if path == DELETE:
                    return self._delete(parse(Leads, request.body))
                case "GET", path if path == FIELDS:
                    return self._list_fields(request)
                case "POST", path if path == FIELDS:
                    return self._create_fields(parse(NewFields, request.body))
                case "GET", path if path == marketo_lists.LISTS:
                    return _results(marketo_lists.found(self._store, request.query))
                case (("POST" | "DELETE"), path) if place := marketo_lists.PATH.fullmatch(path):
                    refused = failing(struck, self.rows(request))
                    return self._put(int(place[1]), request, refused, struck)
        except ValidationError:
            return _errors("609", "Invalid JSON")
        return _errors("610", "Requested resource not found")

    def _write(self, body: Sync, refused: Mapping[str, str]) -> Reply:
        known, field = self._fields(), body.lookupField
        for name in {field} | {name for row in body.input for name in row}:
            if name not in known:
                raise Refused(_errors("1006", f"Field '{name}' not found"))
        if field == "id" and body.action != "updateOnly":
            raise Refused(_errors("1003", "id is for updateOnly"))
        return _results([self._row(body, row, refused, known) for row in body.input])

    def _row(
        self, body: Sync, row: Lead, refused: Mapping[str, str], known: Mapping[str, str]
    ) -> dict[str, object]:
        found = row.get(body.lookupField)
        if found in (None, ""):
            return _skipped("1003")
        if str(found) in refused:
            return _skipped("1001")
        for name, value in row.items():
            if code := misfit(known[name], value):
                return _skipped(code)
        leads = self._with(body.lookupField, str(found))
        if len(leads) > 1:
            return _skipped("1007")
        if not leads and body.action == "updateOnly":
            return _skipped("1004")
        if leads and body.action == "createOnly":
            return _skipped("1005")
        lead = {**(leads[0] if leads else {"id": self._next_id()}), **row}
        number = str(lead["id"])
        if body.partitionName and not leads:
            self._store.keep(self.name, "_partitions", number, {"name": body.partitionName})
        kept = {name: value for name, value in lead.items() if value not in (None, "")}
        self._store.keep(self.name, "leads", number, kept)
        return {"id": int(number), "status": "updated" if leads else "created"}

    def _with(self, field: str, value: str) -> list[Lead]:
        """Find the leads that have a value: those written to, and the contacts of the start."""
        if field == "id":
            lead = self._lead(value)
            return [lead] if lead else []
        held = self._store.held_of(self.name, "leads")
        found = [lead for lead in held.values() if _same_text(lead.get(field), value)]
        first = self._store.owner("email", value) if field == "email" else None
        if first and str(first.id) not in held and (lead := self._lead(str(first.id))):
            found.append(lead)
        return found

    def _lead(self, number: str) -> Lead | None:
        if self._store.held(self.name, "_gone", number):
            return None
        if held := self._store.held(self.name, "leads", number):
            return held
        first = self._store.contact(number)
        return {"id": first.id, "email": first.properties.get("email")} if first else None

    def _next_id(self) -> int:
        last = (self._store.held(self.name, "_last", "lead") or {"id": 1_000_000})["id"]
        self._store.keep(self.name, "_last", "lead", {"id": last + 1})
        return int(last) + 1

    def _find(self, request: Request) -> Reply:
        kind, values = request.query.get("filterType", ""), request.query.get("filterValues", "")
        if not kind or not values:
            return _errors("1003", "filterType and filterValues are needed")
        wanted = request.query.get("fields", "id,email").split(",")
        leads = [lead for value in values.split(",") for lead in self._with(kind, value)]
        return _results([{name: lead.get(name) for name in wanted} for lead in leads])

    def _delete(self, body: Leads) -> Reply:
        results = []
        for lead in body.input:
            there = self._lead(str(lead.id))
            self._store.let_go(self.name, "leads", str(lead.id))
            self._store.keep(self.name, "_gone", str(lead.id), {"gone": True})
            results.append({"id": lead.id, "status": "deleted"} if there else _skipped("1004"))
        return _results(results)

    def _put(
        self, list_: int, request: Request, refused: Mapping[str, str], struck: Sequence[Fault]
    ) -> Reply:
        """Put leads on a list, or take them off."""
        if not marketo_lists.is_there(self._store, list_):
            return _errors("1013", "List not found")
        results = []
        for lead in parse(Leads, request.body).input:
            there = self._lead(str(lead.id)) is not None and str(lead.id) not in refused
            code = "1004" if not there else None
            if there and request.method == "POST":
                marketo_lists.add(self._store, list_, lead.id)
            elif there and not marketo_lists.remove(self._store, list_, lead.id):
                code = "1015"
            status = "added" if request.method == "POST" else "removed"
            results.append({"id": lead.id, **(_skipped(code) if code else {"status": status})})
        return _spoiled(_results(results), struck)

    def _fields(self) -> dict[str, str]:
        own = self._store.held_of(self.name, "_fields")
        return STANDARD | {name: str(field["dataType"]) for name, field in own.items()}

    def _list_fields(self, request: Request) -> Reply:
        size, start = (int(request.query.get(name, default)) for name, default in _PAGE)
        fields = sorted(self._fields().items())
        page = [{"name": name, "dataType": kind} for name, kind in fields[start : start + size]]
        following = {"nextPageToken": str(start + size)} if fields[start + size :] else {}
        reply = _results(page)
        return Reply(200, {**reply.body, **following} if isinstance(reply.body, dict) else {})

    def _create_fields(self, body: NewFields) -> Reply:
        results = []
        for field in body.input:
            there = field.name in self._fields()
            if not there:
                self._store.keep(self.name, "_fields", field.name, field.model_dump())
            results.append({"name": field.name, "status": "skipped" if there else "created"})
        return _results(results)


_PAGE = (("batchSize", "300"), ("nextPageToken", "0"))


def _spoiled(reply: Reply, struck: Sequence[Fault]) -> Reply:
    """Spoil the list of an answer, on request."""
    body = reply.body
    if not isinstance(body, dict):
        return reply
    results = list(body["result"])
    for fault in struck:
        if fault.kind == "shuffle":
            results = results[::-1]
        if fault.kind == "omit_row":
            results = [row for row in results if str(row.get("id")) != fault.record_id]
    return Reply(200, body | {"result": results})


def _results(results: Sequence[Mapping[str, object]]) -> Reply:
    return Reply(200, {"requestId": uuid4().hex[:16], "success": True, "result": list(results)})


def _errors(code: str, message: str) -> Reply:
    errors = [{"code": code, "message": message}]
    return Reply(200, {"requestId": uuid4().hex[:16], "success": False, "errors": errors})


def _skipped(code: str) -> dict[str, object]:
    return {"status": "skipped", "reasons": [{"code": code, "message": "Refused."}]}


def _same(given: str, right: str) -> bool:
    return secrets.compare_digest(given.encode(), right.encode())


def _same_text(left: object, right: str) -> bool:
    return str(left).lower() == right.lower()
