"""The part of the sandbox that is Mailchimp: audiences, merge fields, members."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import Field, JsonValue, ValidationError

from sync.sandbox import mailchimp_batches as batches
from sync.sandbox.faults import Fault, failing
from sync.sandbox.mailchimp_tags import TAGS, Tags, tagged
from sync.sandbox.people import People, member_id, spoiled
from sync.sandbox.replies import Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, explain, parse
from sync.sandbox.service import Policy, Service
from sync.sandbox.store import Store

PROBLEM = "application/problem+json; charset=utf-8"
PATH = re.compile(
    r"/mailchimp/3\.0/(?:(ping)|lists/([0-9a-f]{10})(?:/(merge-fields)|/members/([0-9a-f]{32})"
    r"(/actions/delete-permanent)?)?)"
)
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
LONGEST = 255
Status = Literal["subscribed", "unsubscribed", "cleaned", "pending", "transactional"]
MergeFields = dict[str, JsonValue]


class NewMergeField(Strict):
    """The body that creates a merge field."""

    tag: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,9}$")]
    name: Annotated[str, Field(min_length=1, max_length=50)]
    type: Literal["text", "number", "date", "phone", "url", "address", "zip", "birthday"]
    public: bool = False
    required: bool = False


class NewMember(Strict):
    """A row of a batch."""

    email_address: Text
    status: Status
    merge_fields: MergeFields = {}


class Batch(Strict):
    """The body of POST lists/{id}."""

    members: Annotated[list[NewMember], Field(min_length=1, max_length=500)]
    update_existing: bool = False
    sync_tags: bool = False


class Update(Strict):
    """The body of PATCH members/{hash}."""

    email_address: Text | None = None
    status: Status | None = None
    merge_fields: MergeFields = {}


class Mailchimp(Service):
    """Answers under /mailchimp/. Every audience has the people of the first records."""

    name = "mailchimp"
    prefix = "/mailchimp/"

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token
        self._people = People(store)

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the key, which is the password of any user."""
        if batches.RESULTS.fullmatch(request.path):  # its address is all that it takes
            both = "authorization" in request.headers
            return Reply(400, "InvalidArgument", type="application/xml") if both else None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            key = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:
            key = ""
        good = scheme == "Basic" and secrets.compare_digest(key.encode(), self._token.encode())
        return None if good else self.unauthorised("")

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the members that a call writes, by their ids."""
        if to := TAGS.fullmatch(request.path):
            return [WriteRow(id=to[2], properties={})]
        found = PATH.fullmatch(request.path)
        if (request.method, request.path) == ("POST", batches.MADE):
            return _operations(request)
        if not found or request.method == "GET" or found[3]:
            return []
        if found[4]:
            return [WriteRow(id=found[4], properties={})]
        try:
            members = parse(Batch, request.body).members
        except ValidationError:
            return []
        return [WriteRow(id=member_id(one.email_address), properties={}) for one in members]

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if to := TAGS.fullmatch(request.path):
            return self._tag(to[1], to[2], request, struck)
        found = PATH.fullmatch(request.path)
        if not found and request.path.startswith((batches.MADE, "/mailchimp/results/")):
            return self._batches(request, struck)
        if not found:
            return _no(404, "Resource Not Found", "The requested resource could not be found.")
        ping, list_id, fields, member, erases = found.groups()
        try:
            match request.method, bool(ping), bool(fields), bool(member):
                case "GET", True, _, _:
                    return Reply(200, {"health_status": "Everything's Chimpy!"})
                case "GET", _, True, _:
                    return self._fields(list_id, int(request.query.get("count", "10")))
                case "POST", _, True, _:
                    return self._new_field(list_id, parse(NewMergeField, request.body))
                case "GET", _, _, True if not erases:
                    return self._shown(list_id, member)
                case "PATCH", _, _, True if not erases:
                    body = parse(Update, request.body)
                    return self._update(list_id, member, body, failing(struck, self.rows(request)))
                case "POST", _, _, True if erases:
                    return self._erase(list_id, member)
                case "GET", False, _, _ if not erases:
                    return Reply(200, {"id": list_id, "name": "Sandbox"})
                case "POST", False, _, False:
                    rows = self.rows(request)
                    return self._add(list_id, parse(Batch, request.body), rows, struck)
        except ValidationError as error:
            return _no(400, "Invalid Resource", explain(error))
        return _no(405, "Method Not Allowed", "The requested method is not supported.")

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        return _no(status, code.replace("_", " ").title(), message)

    def over_limit(self, policy: Policy, seconds: float) -> Reply:  # noqa: ARG002  (it says no more)
        """Refuse a call because there were too many."""
        return _no(429, "Too Many Requests", "You have exceeded the limit of connections.")

    def unauthorised(self, code: str) -> Reply:  # noqa: ARG002  (there is one)
        """Refuse a caller."""
        return _no(401, "API Key Invalid", "Your API key may be invalid.")

    def _batches(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Answer what is asked of asynchronous batches."""
        one, results = (place.fullmatch(request.path) for place in (batches.ONE, batches.RESULTS))
        if request.method == "GET" and results:
            packed = batches.archive(self._store, results[1])
            return Reply(200, packed, type="application/gzip") if packed else _gone()
        if request.method == "GET" and one:
            shown = batches.shown(self._store, one[1], request.headers.get("host", ""))
            return Reply(200, shown) if shown else _gone()
        if request.method == "DELETE" and one:
            there = self._store.let_go("mailchimp", "_batches", one[1])
            return Reply(204, None) if there else _gone()
        if request.method != "POST" or request.path != batches.MADE:
            return _no(405, "Method Not Allowed", "The requested method is not supported.")
        try:
            operations = parse(batches.NewBatch, request.body).operations
        except ValidationError as error:
            return _no(400, "Invalid Resource", explain(error))
        rows = self.rows(request)
        refused = failing(struck, rows)
        done = [self._operation(operation, refused) for operation in operations]
        told = spoiled(struck, done, dict(enumerate(rows)))
        return Reply(200, batches.keep(self._store, told))

    def _operation(
        self, operation: batches.Operation, refused: Mapping[str, str]
    ) -> dict[str, object]:
        list_id, name = operation.member
        try:
            body = parse(Update, operation.body.encode())
            reply = self._update(list_id, name, body, refused)
        except ValidationError as error:
            reply = _no(400, "Invalid Resource", explain(error))
        return {
            "status_code": reply.status,
            "operation_id": operation.operation_id,
            "response": json.dumps(reply.body),
        }

    def _kinds(self, list_id: str) -> dict[str, str]:
        held = self._store.held_of("mailchimp", "_merge_fields")
        own = {
            body["tag"]: str(body["type"])
            for name, body in held.items()
            if name.startswith(f"{list_id}/")
        }
        return {"FNAME": "text", "LNAME": "text"} | dict(reversed(own.items()))

    def _fields(self, list_id: str, count: int) -> Reply:
        found = [{"tag": tag, "type": kind} for tag, kind in self._kinds(list_id).items()]
        return Reply(200, {"merge_fields": found[:count], "total_items": len(found)})

    def _new_field(self, list_id: str, new: NewMergeField) -> Reply:
        if new.tag in self._kinds(list_id):
            return _no(400, "Invalid Resource", "A Merge Field with this tag already exists.")
        self._store.keep("mailchimp", "_merge_fields", f"{list_id}/{new.tag}", new.model_dump())
        return Reply(200, new.model_dump())

    def _member(self, list_id: str, name: str) -> dict[str, Any] | None:
        place = f"{list_id}/{name}"
        if self._store.held("mailchimp", "_forgotten", place):
            return None
        if held := self._store.held("mailchimp", "members", place):
            return held
        address = self._people.by_member_id(name)
        return {"email_address": address, "status": "subscribed"} if address else None

    def _keep(self, list_id: str, member: Mapping[str, Any]) -> dict[str, object]:
        name = member_id(member["email_address"])
        self._store.keep("mailchimp", "members", f"{list_id}/{name}", member)
        return self._as_shown(list_id, member)

    def _as_shown(self, list_id: str, member: Mapping[str, Any]) -> dict[str, object]:
        return {
            "id": member_id(member["email_address"]),
            "email_address": member["email_address"],
            "status": member["status"],
            "merge_fields": {tag: member.get(tag, "") for tag in self._kinds(list_id)},
        }

    def _shown(self, list_id: str, name: str) -> Reply:
        member = self._member(list_id, name)
        return Reply(200, self._as_shown(list_id, member)) if member else _gone()

    def _update(self, list_id: str, name: str, body: Update, refused: Mapping[str, str]) -> Reply:
        member = self._member(list_id, name)
        if member is None:
            return _gone()
        if name in refused:
            return _no(400, "Invalid Resource", "The row was refused on request.")
        if errors := self._errors(list_id, body.merge_fields):
            return _no(400, "Invalid Resource", "Your merge fields were invalid.", errors)
        member |= self._known(list_id, body.merge_fields)
        member |= {"status": body.status} if body.status else {}
        if body.email_address and member_id(body.email_address) != name:
            if self._member(list_id, member_id(body.email_address)):
                why = f"{body.email_address} is already a list member."
                return _no(400, "Member Exists", why)
            self._store.let_go("mailchimp", "members", f"{list_id}/{name}")
            self._store.keep("mailchimp", "_forgotten", f"{list_id}/{name}", {"gone": True})
            member["email_address"] = body.email_address
        return Reply(200, self._keep(list_id, member))

    def _add(
        self, list_id: str, batch: Batch, rows: Sequence[WriteRow], struck: Sequence[Fault]
    ) -> Reply:
        refused = failing(struck, rows)
        added: list[dict[str, object]] = []
        errors: list[dict[str, object]] = []
        places: dict[int, WriteRow] = {}
        for one, row in zip(batch.members, rows, strict=True):
            twice = [other.id for other in rows].count(row.id) > 1
            problem = self._problem(list_id, one, row.id, refused, twice=twice)
            if problem and not (problem[0] == "ERROR_CONTACT_EXISTS" and batch.update_existing):
                code, why, field = problem
                errors.append(
                    {
                        "email_address": one.email_address,
                        "error": why,
                        "error_code": code,
                        "field": field,
                        "field_message": why if field else "",
                    }
                )
                continue
            places[len(added)] = row
            fields = self._known(list_id, one.merge_fields)
            member = {"email_address": one.email_address, "status": one.status}
            added.append(self._keep(list_id, member | fields))
        body = {"new_members": spoiled(struck, added, places), "updated_members": []}
        counts = {"total_created": len(added), "total_updated": 0, "error_count": len(errors)}
        return Reply(200, {**body, "errors": errors, **counts})

    def _problem(
        self, list_id: str, one: NewMember, name: str, refused: Mapping[str, str], *, twice: bool
    ) -> tuple[str, str, str] | None:
        """Say why a row of a batch is refused: code, words, field."""
        generic = "ERROR_GENERIC"
        if name in refused or twice:
            return generic, "The row was refused on request, or is there twice.", ""
        if not ADDRESS.fullmatch(one.email_address):
            return generic, f"{one.email_address} looks fake or invalid.", "email_address"
        if self._store.held("mailchimp", "_forgotten", f"{list_id}/{name}"):
            return generic, f"{one.email_address} was permanently deleted.", ""
        if self._member(list_id, name):
            return "ERROR_CONTACT_EXISTS", f"{one.email_address} is already a list member.", ""
        if errors := self._errors(list_id, one.merge_fields):
            return generic, errors[0]["message"], errors[0]["field"]
        return None

    def _tag(self, list_id: str, name: str, request: Request, struck: Sequence[Fault]) -> Reply:
        member = self._member(list_id, name)
        if member is None:
            return _gone()
        if failing(struck, self.rows(request)):
            return _no(400, "Invalid Resource", "The row was refused on request.")
        try:
            self._keep(list_id, tagged(member, parse(Tags, request.body)))
        except ValidationError as error:
            return _no(400, "Invalid Resource", explain(error))
        return Reply(204, None)

    def _erase(self, list_id: str, name: str) -> Reply:
        if self._member(list_id, name) is None:
            return _gone()
        self._store.let_go("mailchimp", "members", f"{list_id}/{name}")
        self._store.keep("mailchimp", "_forgotten", f"{list_id}/{name}", {"gone": True})
        return Reply(204, None)

    def _known(self, list_id: str, fields: MergeFields) -> MergeFields:
        """Drop what the audience has no merge field for, as Mailchimp does without a word."""
        return {tag: value for tag, value in fields.items() if tag in self._kinds(list_id)}

    def _errors(self, list_id: str, fields: MergeFields) -> list[dict[str, str]]:
        kinds = self._kinds(list_id)
        return [
            # As Mailchimp may do it: the value is part of the message.
            {"field": tag, "message": f"{value} is not a good value."}
            for tag, value in fields.items()
            if tag in kinds and value != "" and not _fits(kinds[tag], value)
        ]


def _operations(request: Request) -> list[WriteRow]:
    try:
        operations = parse(batches.NewBatch, request.body).operations
    except ValidationError:
        return []
    return [WriteRow(id=one.member[1], properties={}) for one in operations]


def _fits(kind: str, value: JsonValue) -> bool:
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "date":
        return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
    return isinstance(value, str) and len(value) <= LONGEST


def _gone() -> Reply:
    return _no(404, "Resource Not Found", "The requested resource could not be found.")


def _no(status: int, title: str, detail: str, errors: Sequence[object] = ()) -> Reply:
    body = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": str(uuid4()),
        **({"errors": list(errors)} if errors else {}),
    }
    return Reply(status, body, type=PROBLEM)
